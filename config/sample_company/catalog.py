"""What the company sells, to whom, against whom, and through which channels."""

from dataclasses import dataclass

REGIONS = ("华东", "华南", "华北", "华中", "西南")
STAGES = ("线索", "需求挖掘", "打样演示", "报价", "谈判", "合同", "交付", "续约")
COMPETITORS = ("恒力达", "华辰激光", "科锐特", "德玛克", "百川智造", "普锐森")


@dataclass(frozen=True)
class Industry:
    """One entry of the golden list: `words` appear in company names; weight and rate shape the leads."""

    key: str
    label: str
    words: tuple[str, ...]
    english: str
    weight: int
    sql_rate: float  # share of its marketing leads (MQL) that sales accepts (SQL)


INDUSTRIES = (
    Industry("auto_parts", "汽车零部件", ("汽车零部件", "汽车部件", "汽车底盘"), "Auto Parts", 20, 0.31),
    Industry("construction_machinery", "工程机械", ("工程机械", "重工机械"), "Construction Machinery", 14, 0.30),
    Industry("sheet_metal", "钣金加工", ("钣金制品", "精密钣金", "金属制品"), "Sheet Metal", 18, 0.29),
    Industry("appliances", "家电", ("电器", "厨房电器", "制冷设备"), "Appliances", 12, 0.30),
    # The planted weak spot: new-energy leads are accepted far below the other industries.
    Industry("new_energy", "新能源", ("新能源科技", "储能设备", "电池结构件"), "New Energy", 14, 0.12),
    Industry("rail", "轨道交通", ("轨道交通装备", "轨道车辆配件"), "Rail Equipment", 7, 0.32),
    Industry("elevators", "电梯", ("电梯部件", "电梯"), "Elevator", 8, 0.30),
    Industry("agri_machinery", "农机", ("农业机械", "农机装备"), "Agri Machinery", 7, 0.29),
)

OFF_LIST_INDUSTRIES = ("汽配", "五金", "机械行业", "光伏", "其他", "制造业", "新能源汽车", "钣金", "白电", "工程车辆")


@dataclass(frozen=True)
class Product:
    """One model; `price` in 10,000 yuan (万元), `family` is the key used by talk-tracks."""

    model: str
    family: str
    label: str
    price: int
    weight: int


PRODUCTS = (
    Product("RZ-L3000", "RZ-L", "3kW 光纤激光切割机", 98, 16),
    Product("RZ-L6000", "RZ-L", "6kW 光纤激光切割机", 168, 18),
    Product("RZ-L12000", "RZ-L", "12kW 光纤激光切割机", 328, 10),
    Product("RZ-B110", "RZ-B", "110 吨数控折弯机", 46, 14),
    Product("RZ-B220", "RZ-B", "220 吨数控折弯机", 78, 12),
    Product("RZ-W", "RZ-W", "焊接机器人工作站", 138, 12),
    Product("RZ-A", "RZ-A", "自动上下料系统", 92, 8),
    Product("RZ-MES", "RZ-MES", "数字化车间软件", 66, 6),
    Product("RZ-Care", "RZ-Care", "维保服务包", 42, 4),
)
LOWEST_PRICE, HIGHEST_PRICE = 38, 680  # 万元, of any deal


@dataclass(frozen=True)
class Channel:
    """One way in. `volume` and `quality` are weights; `cost` is yuan per touch; `owner` an employee id."""

    key: str
    label: str
    volume: int
    quality: float
    cost: int
    owner: str
    action: str


CHANNELS = (
    Channel("search", "搜索", 26, 1.1, 38, "E5001", "点击"),
    Channel("expo_scan", "展会扫码", 14, 1.0, 160, "E5002", "扫码"),
    Channel("referral", "老客户转介绍", 8, 2.2, 0, "E5002", "介绍"),
    Channel("website", "官网", 18, 1.2, 4, "E5001", "浏览"),
    Channel("douyin", "抖音", 16, 0.5, 21, "E5001", "观看"),
    Channel("trade_media", "行业媒体", 8, 0.8, 55, "E5002", "阅读"),
    Channel("outbound_call", "电话外呼", 6, 0.6, 12, "E5001", "通话"),
    Channel("dealer", "代理商", 4, 1.5, 300, "E5002", "推荐"),
)
LATE_CHANNEL = "expo_scan"
LATE_HOURS = 61  # age of its last export when today begins; 48 h is the limit
