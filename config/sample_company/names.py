"""Word lists for companies, places and contacts. All companies are invented; a likeness would be chance."""

from dataclasses import dataclass

# Syllables of invented company names, each with its pinyin; readings are unique within a list, so that the
# pinyin of a name identifies the company even when a character was mistyped.
FIRST = {
    "泓": "hong", "钧": "jun", "曜": "yao", "翊": "yi", "澜": "lan", "晟": "sheng", "铭": "ming", "宸": "chen",
    "皓": "hao", "霖": "lin", "沐": "mu", "朗": "lang", "拓": "tuo", "越": "yue", "启": "qi", "卓": "zhuo",
    "凌": "ling", "博": "bo", "嘉": "jia", "信": "xin", "永": "yong", "同": "tong", "合": "he", "建": "jian",
    "旭": "xu", "峰": "feng", "茂": "mao", "庆": "qing", "睿": "rui", "广": "guang", "兆": "zhao", "荣": "rong",
    "腾": "teng", "谦": "qian",
}  # fmt: skip
SECOND = {
    "达": "da", "源": "yuan", "通": "tong", "成": "cheng", "祥": "xiang", "力": "li", "科": "ke", "邦": "bang",
    "川": "chuan", "辉": "hui", "图": "tu", "凯": "kai", "维": "wei", "德": "de", "诺": "nuo", "胜": "sheng",
    "泽": "ze", "岳": "yue", "昌": "chang", "捷": "jie", "丰": "feng", "润": "run", "尚": "shang", "格": "ge",
    "宁": "ning", "宝": "bao", "来": "lai", "迪": "di", "康": "kang", "洋": "yang", "森": "sen", "帆": "fan",
}  # fmt: skip
HOMOPHONES = {"源": "元", "成": "城", "祥": "翔", "力": "利", "辉": "晖", "胜": "盛", "捷": "杰", "泽": "则"}
# Pairs that a real, known company carries.
TAKEN = {"广达", "腾达", "凌达", "永祥", "信维", "合力", "永昌", "信达", "建科", "同力", "永辉", "合润", "嘉宝"}


@dataclass(frozen=True)
class City:
    """A city with its pinyin, province and sales region."""

    label: str
    pinyin: str
    province: str
    region: str


def _cities(region: str, table: str) -> tuple[City, ...]:
    words = [entry.split("/") for entry in table.split()]
    return tuple(City(label, pinyin, province, region) for label, pinyin, province in words)


CITIES = {
    "华东": _cities(
        "华东",
        "苏州/suzhou/江苏 无锡/wuxi/江苏 常州/changzhou/江苏 南通/nantong/江苏 昆山/kunshan/江苏 杭州/hangzhou/浙江 "
        "宁波/ningbo/浙江 嘉兴/jiaxing/浙江 台州/taizhou/浙江 上海/shanghai/上海 合肥/hefei/安徽 芜湖/wuhu/安徽",
    ),
    "华南": _cities(
        "华南",
        "东莞/dongguan/广东 佛山/foshan/广东 深圳/shenzhen/广东 广州/guangzhou/广东 中山/zhongshan/广东 "
        "惠州/huizhou/广东 厦门/xiamen/福建 柳州/liuzhou/广西",
    ),
    "华北": _cities(
        "华北",
        "天津/tianjin/天津 北京/beijing/北京 石家庄/shijiazhuang/河北 保定/baoding/河北 唐山/tangshan/河北 "
        "沧州/cangzhou/河北 太原/taiyuan/山西",
    ),
    "华中": _cities(
        "华中",
        "武汉/wuhan/湖北 襄阳/xiangyang/湖北 长沙/changsha/湖南 株洲/zhuzhou/湖南 "
        "郑州/zhengzhou/河南 洛阳/luoyang/河南",
    ),
    "西南": _cities(
        "西南", "成都/chengdu/四川 德阳/deyang/四川 绵阳/mianyang/四川 重庆/chongqing/重庆 贵阳/guiyang/贵州"
    ),
}
REGION_SHARE = {"华东": 36, "华南": 26, "华北": 15, "华中": 13, "西南": 10}

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡"
GIVEN = [
    "建国",
    "志明",
    "海燕",
    "丽娟",
    "文斌",
    "晓东",
    "国强",
    "秀英",
    "俊峰",
    "雪梅",
    "少华",
    "立新",
    "永康",
    "红霞",
    "振宇",
    "佳慧",
    "德胜",
    "春生",
    "子轩",
    "思远",
]
TITLES = ("总", "总", "经理", "厂长", "主任", "工")
