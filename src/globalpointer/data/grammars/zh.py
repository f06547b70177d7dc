"""The Chinese grammar of the sample corpus. Every name in it is invented or stands for nobody."""

RULES: dict[str, tuple[str, ...]] = {
    "document": (
        "{sentence}", "{sentence}", "{sentence}", "{sentence}", "{sentence}", "{sentence}{sentence}", "{plain}",
    ),
    "sentence": (
        "{per}在{place}的{org}担任{title}。 | per works_for org | per has_title title | org located_in place",
        "{date}，{org}在{place}<发布>了{device}。"
        " | launch: trigger=发布 organization=org product=device venue=place date=date",
        "{org}将在{event}上<展出>{device}。 | launch: trigger=展出 organization=org product=device venue=event",
        "{org}<聘请>{per}为{title}。"
        " | per works_for org | per has_title title | hire: trigger=聘请 person=per employer=org position=title",
        "{org}{date}<聘请>了{first=per}和{second=per}。"
        " | first works_for org | second works_for org"
        " | hire: trigger=聘请 person=first person=second employer=org date=date",
        "{titled}称赞了{device}。",
        "{org}的{title}{per}{date}<搬>到了{place}。"
        " | per works_for org | per has_title title | move: trigger=搬 person=per destination=place date=date",
        "{org}{date}在{place}<开设>了办事处。"
        " | org located_in place | open: trigger=开设 organization=org location=place date=date",
        "{event}将于{date}在{place}<开幕>。"
        " | event located_in place | open: trigger=开幕 meeting=event location=place date=date",
        "{per}在去{place}的火车上读完了《{work}》。",
        "{per}的《{work}》在{event}上获奖。 | per wrote work",
        "{first=state}与{second=state}{date}<签署>了《{treaty}》。"
        " | sign: trigger=签署 party=first party=second document=treaty date=date",
        "{state}拒绝向{org}出售港口。",
        "{first=per}和{second=per}从{from=place}<走>到{to=place}。"
        " | move: trigger=走 person=first person=second origin=from destination=to",
        "{per}{date}<离开>{from=place}前往{to=place}。"
        " | move: trigger=离开 person=per origin=from destination=to date=date",
        "{per}<辞职>后，[ORG:{DOUBLE}]股价下跌。 | resign: trigger=辞职 person=per employer=org",
        "[ORG:{DOUBLE}]{date}<录用>了{per}。"
        " | per works_for org | hire: trigger=录用 person=per employer=org date=date",
        "{old=per}<辞职>几天后，[ORG:{DOUBLE}]{date}<聘请>{new=per}为{title}。"
        " | new works_for org | new has_title title | resign: trigger=辞职 person=old employer=org"
        " | hire: trigger=聘请 person=new employer=org position=title date=date",
        "{per}说，[LOC:{DOUBLE}]下了一周的雨。",
        "从[LOC:{DOUBLE}]到{place}的公路已经封闭。",
        "{per}正在为{author=per}的小说《[WORK:{DOUBLE}]》写书评。 | author wrote work",
        "《[WORK:{DOUBLE}]》的第九章发生在{place}。",
        "{per}发现[PRODUCT:{DOUBLE}]的电池能用两天。",
        "{org}{date}卖出了一百万部[PRODUCT:{DOUBLE}]手机。 | org makes product",
        "{place}的人都认识[PER:老{SURNAME}]。",
        "{date}，{per}<离开>{old=org}，<加入>[new=ORG:{DOUBLE}]。"
        " | per works_for new | resign: trigger=离开 person=per employer=old date=date"
        " | join: trigger=加入 person=per employer=new",
        "{per}{date}<加入>{org}，担任{title}。"
        " | per works_for org | per has_title title"
        " | join: trigger=加入 person=per employer=org position=title date=date",
        "{per}{date}创办了{org}，至今仍在那里工作。 | per founded org | per works_for org",
        "{per}创办了{org}，并一直经营到今天。 | per founded org | per works_for org",
        "{org}由{first=per}和{second=per}创办。 | first founded org | second founded org",
        "[LOC:{SMALL}]、[LOC:{SMALL}]两地的列车{date}停运。",
    ),
    "plain": (
        "今天没有人来{PLAIN}。",
        "{PLAIN}关门了，大家只好回家。",
        "修一座{PLAIN}需要耐心。",
        "他们卖掉了旧{PLAIN}，买了一座小的。",
        "平日里{PLAIN}到中午都很安静。",
    ),
    "per": (
        "[PER:{SURNAME}{GIVEN}]", "[PER:{SURNAME}{GIVEN}]", "[PER:{SURNAME}{GIVEN}{GIVEN}]",
        "[PER:{SURNAME}{GIVEN}{GIVEN}]", "[PER:小{SURNAME}]",
    ),
    "titled": (
        "[TITLE:教授]{per} | per has_title title",
        "[TITLE:医生]{per} | per has_title title",
        "[TITLE:[LOC:{CITY}]市长]{per} | per has_title title",
        "[TITLE:{firm}董事长]{per} | per has_title title | per works_for firm",
        "[TITLE:{bureau}局长]{per} | per has_title title | per works_for bureau",
    ),
    "bureau": ("[ORG:{municipality}{FIELD}局] | org located_in municipality",),
    "place": (
        "{city}", "{city}", "{municipality}", "{country}",
        "[road=LOC:{municipality}{STREET}路] | road located_in municipality",
        "[port=LOC:{city}港] | port located_in city",
        "[region=LOC:{country}北部山区] | region located_in country",
    ),
    "city": ("[LOC:{CITY}]",),
    "municipality": ("[LOC:{CITY}市]",),
    "country": ("[LOC:{COUNTRY}]",),
    "firm": ("[ORG:{FIRM}]",),
    "org": (
        "{firm}", "[ORG:{FIRM}{KIND}]", "[ORG:{city}{KIND}] | org located_in city", "{university}",
        "[ORG:[PER:{SURNAME}{GIVEN}{GIVEN}]基金会] | org named_after per",
        "[ORG:{country}{FIELD}研究院] | org located_in country",
        "[ORG:{university}{FIELD}学院] | org part_of university",
    ),
    "university": ("[ORG:{city}大学] | org located_in city",),
    "title": ("[TITLE:{ROLE}]", "[TITLE:{ROLE}]", "[TITLE:{FIELD}{ROLE}]"),
    "device": (
        "[PRODUCT:{THING}{NUMBER}]", "[PRODUCT:{firm}{THING}] | firm makes product", "[PRODUCT:{DOUBLE}{NUMBER}]",
    ),
    "work": (
        "[WORK:{ADJECTIVE}的{NOUN}]", "[WORK:{city}{ADJECTIVE}的{NOUN}]", "[WORK:{country}{FIELD}简史]",
        "[WORK:写给[PER:{SURNAME}{GIVEN}]的信]",
    ),
    "event": (
        "[EVENT:{city}{MEETING}] | event located_in city", "[EVENT:第{ORDINAL}届{FIELD}{MEETING}]",
        "[EVENT:第{ORDINAL}届{country}国际{FIELD}与{FIELD}{MEETING}] | event located_in country",
        "[EVENT:{FIELD}{MEETING}]",
    ),
    "treaty": ("[WORK:{city}条约]", "[WORK:{FIELD}合作协定]"),
    "state": ("[LOC+ORG:{COUNTRY}]",),
    "date": (
        "[DATE:{MONTH}月{NUMBER}日]", "[DATE:{YEAR}年]", "[DATE:{YEAR}年{MONTH}月]", "[DATE:昨天]",
        "[DATE:{YEAR}年春天]", "[DATE:周{WEEKDAY}]",
    ),
    "SURNAME": (
        "李", "王", "张", "陈", "林", "赵", "周", "吴", "郑", "冯", "苏", "韩", "唐", "许", "何", "罗", "宋", "董",
    ),
    "GIVEN": (
        "雷", "梅", "伟", "芳", "静", "磊", "娜", "强", "洋", "艳", "军", "杰", "涛", "明", "超", "霞", "平", "刚",
        "桂", "英", "华", "建", "文", "玲",
    ),
    "CITY": (
        "青石", "白桥", "东川", "南浦", "安丰", "永宁", "临溪", "石门", "平湖", "金沙", "清江", "新野", "长乐",
        "怀远", "定海", "云阳", "广陵", "宜水",
    ),
    "SMALL": ("青", "浦", "川", "宁", "沙", "溪"),
    "COUNTRY": (
        "诺兰", "维斯特里亚", "马伦尼亚", "奥斯托瓦", "卡多尼亚", "萨维亚", "提兰", "赞布拉", "阿卡尼亚", "卢萨",
        "贝尔戈", "鲁里",
    ),
    "STREET": ("港口", "中山", "人民", "和平", "花园", "学院"),
    "FIRM": (
        "瑞通", "博远", "华鼎", "天禾", "恒力达", "中科星", "金和", "鑫源", "联创", "德美", "启明", "正大", "凯捷",
        "盛泰", "宏图", "百川", "安信", "东华",
    ),
    "KIND": ("银行", "汽车", "航空", "钢铁", "保险", "出版社"),
    "FIELD": ("物理", "音乐", "贸易", "渔业", "医学", "化学", "天文", "林业", "能源", "法律", "交通", "教育"),
    "ROLE": (
        "工程师", "主任", "编辑", "会计", "研究员", "发言人", "总经理", "秘书", "副总裁", "顾问", "律师", "档案员",
    ),
    "THING": ("飞梭", "脉动", "极光", "平板", "彗星", "书童", "灯塔", "漫步者", "猎鹰", "棱镜", "回声", "云图"),
    "DOUBLE": ("蓝湖", "白鹿", "海棠", "晨星", "长亭", "北岭", "红叶", "墨竹", "银杏", "沧浪", "雪松", "流云"),
    "ADJECTIVE": ("沉默", "弯曲", "金色", "最后", "隐秘", "破碎", "遥远", "燃烧", "耐心", "冬天"),
    "NOUN": ("花园", "乐队", "镜子", "收获", "楼梯", "孤岛", "钟表匠", "桥", "信", "灯火"),
    "MEETING": ("大会", "峰会", "艺术节", "研讨会", "论坛", "博览会"),
    "ORDINAL": ("一", "二", "三", "四", "五", "十"),
    "NUMBER": ("2", "3", "5", "7", "9", "11", "14", "20"),
    "MONTH": ("一", "三", "四", "六", "八", "十", "十一", "十二"),
    "WEEKDAY": ("一", "二", "四", "五", "日"),
    "YEAR": ("1984", "1997", "2003", "2008", "2015", "2019", "2021", "2024"),
    "PLAIN": ("花园", "图书馆", "桥", "市场", "果园", "塔", "车站", "博物馆"),
}  # fmt: skip

QUESTIONS: dict[str, tuple[str, ...]] = {
    "join": ("person: 谁加入了{employer}？", "employer: {person}加入了哪里？"),
    "move": (
        "destination: {person}去了哪里？", "person: 谁去了{destination}？", "date: {person}什么时候去了{destination}？",
    ),
    "open": (
        "location: {organization}在哪里开设了办事处？", "date: {organization}什么时候开设了办事处？",
        "location: {meeting}在哪里开幕？", "date: {meeting}什么时候开幕？",
    ),
    "launch": ("product: {organization}推出了什么？", "organization: 谁推出了{product}？"),
    "sign": (
        "document: {party}签署了什么？", "party: 谁签署了《{document}》？", "date: 《{document}》是什么时候签署的？",
    ),
    "resign": ("person: 谁离开了{employer}？", "date: {person}什么时候离开了{employer}？"),
    "hire": (
        "person: {employer}聘请了谁？", "employer: 谁聘请了{person}？", "date: {employer}什么时候聘请了{person}？",
        "position: {person}受聘担任什么职务？",
    ),
    "works_for": ("object: {subject}在哪里工作？",),
    "has_title": ("object: {subject}的职务是什么？",),
    "wrote": ("subject: 《{object}》的作者是谁？", "object: {subject}写了什么？"),
    "founded": ("subject: 谁创办了{object}？", "object: {subject}创办了什么？"),
    "makes": ("subject: 谁生产{object}？",),
}  # fmt: skip
"""What can be asked of relations and events: see `globalpointer.data.grammars.ask`."""

NEW_SENTENCES: tuple[str, ...] = (
    "王芳昨天离开南浦大学，加入蓝湖，担任副总裁。",
    "蓝湖由张建华和李梅创办，至今仍在平湖市。",
    "诺兰与萨维亚2003年春天签署了《临溪条约》，永宁市长陈静说。",
    "第二届提兰国际能源与贸易峰会将于周五在金沙市人民路开幕，蓝湖将在会上发布极光7。",
)

NEW_QUESTIONS: tuple[str, ...] = (
    "谁加入了蓝湖？",
    "谁创办了蓝湖？",
    "《临溪条约》是什么时候签署的？",
    "陈静什么时候离开了蓝湖？",
)
"""Asked of the new sentences together; the last one they do not answer."""
