CREATE TABLE 科室 (科室id INTEGER PRIMARY KEY, 科室名称 TEXT, 所在楼层 INTEGER, 床位数 INTEGER);
CREATE TABLE 医生 (医生id INTEGER PRIMARY KEY, 姓名 TEXT, 职称 TEXT, 从业年限 INTEGER, 挂号费 INTEGER, 科室id INTEGER, FOREIGN KEY (科室id) REFERENCES 科室 (科室id));
CREATE TABLE 病人 (病人id INTEGER PRIMARY KEY, 姓名 TEXT, 年龄 INTEGER, 血型 TEXT, 医保类型 TEXT);
CREATE TABLE 就诊记录 (记录id INTEGER PRIMARY KEY, 病人id INTEGER, 医生id INTEGER, 就诊日期 DATE, 费用 INTEGER, 诊断结果 TEXT, FOREIGN KEY (病人id) REFERENCES 病人 (病人id), FOREIGN KEY (医生id) REFERENCES 医生 (医生id));
INSERT INTO 科室 VALUES (1,'内科',3,60),(2,'外科',5,45),(3,'儿科',2,30),(4,'眼科',4,12);
INSERT INTO 医生 VALUES (1,'何平','主任医师',25,80,1),(2,'罗敏','主治医师',12,40,1),(3,'高翔','主任医师',30,100,2),(4,'梁静','住院医师',4,20,3),(5,'宋涛','主治医师',9,40,2);
INSERT INTO 病人 VALUES (1,'田甜',6,'A型','居民'),(2,'贾明',45,'O型','职工'),(3,'邓华',71,'B型','职工'),(4,'范伟',33,'O型','自费'),(5,'石磊',58,'AB型','职工');
INSERT INTO 就诊记录 VALUES (1,1,4,'2025-03-02',120,'感冒'),(2,2,1,'2025-03-05',560,'高血压'),(3,3,1,'2025-04-11',830,'高血压'),(4,3,3,'2025-05-20',12600,'骨折'),(5,2,1,'2025-06-01',340,'高血压'),(6,4,5,'2025-06-18',2300,'阑尾炎'),(7,1,4,'2025-07-09',95,'肺炎');
