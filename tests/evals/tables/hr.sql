CREATE TABLE department (dept_no TEXT PRIMARY KEY, dept_name TEXT, location TEXT, budget INTEGER);
CREATE TABLE employee (emp_no INTEGER PRIMARY KEY, emp_name TEXT, gender TEXT, birth_date DATE, hire_date DATE, salary INTEGER, dept_no TEXT, FOREIGN KEY (dept_no) REFERENCES department (dept_no));
CREATE TABLE project (project_id INTEGER PRIMARY KEY, project_name TEXT, start_date DATE, cost INTEGER);
CREATE TABLE works_on (emp_no INTEGER, project_id INTEGER, hours INTEGER, PRIMARY KEY (emp_no, project_id), FOREIGN KEY (emp_no) REFERENCES employee (emp_no), FOREIGN KEY (project_id) REFERENCES project (project_id));
INSERT INTO department VALUES ('D1','研发部','苏州',9000000),('D2','销售部','上海',4000000),('D3','财务部','上海',1500000),('D4','法务部','北京',900000);
INSERT INTO employee VALUES (1,'林涛','男','1985-04-12','2010-07-01',42000,'D1'),(2,'苏梅','女','1990-09-23','2015-03-16',31000,'D1'),(3,'韩雪','女','1988-01-30','2012-05-02',27000,'D2'),(4,'唐杰','男','1995-06-18','2020-08-10',18000,'D2'),(5,'谢军','男','1979-12-05','2008-02-20',35000,'D3'),(6,'曹颖','女','1998-03-08','2022-06-27',15000,'D2');
INSERT INTO project VALUES (1,'激光平台','2022-01-10',3000000),(2,'客户门户','2023-05-15',800000),(3,'报表系统','2024-02-01',450000),(4,'海外仓','2025-01-05',1200000);
INSERT INTO works_on VALUES (1,1,320),(2,1,280),(2,3,90),(3,2,150),(4,2,200),(6,2,60),(5,3,110);
