//! Simulated parties: the same seed and number give the same party.

use wherewithal::domain::{Day, Identifier, IdentifierKind};

/// A sequence of numbers that a seed alone decides (SplitMix64).
pub(crate) struct Draws(u64);

impl Draws {
    /// The sequence of a seed and a place in it.
    pub(crate) fn new(seed: u64, place: u64) -> Self {
        Self(seed ^ place.wrapping_mul(0xd6e8_feb8_6659_fd93))
    }

    /// The next number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(x ^ x >> 31) * n as u128) >> 64) as usize
    }

    /// One of several.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// One of several, the first ones more often.
    fn pick_common<T: Copy>(&mut self, from: &[T]) -> T {
        let n = from.len();
        from[self.below(n).min(self.below(n)).min(self.below(n))]
    }
}

/// What kind of name a party has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A Chinese name and a resident number.
    Person,
    /// A Chinese firm and a credit code.
    Firm,
    /// A person with a name in Latin letters and no number.
    Foreigner,
    /// A firm with a name in Latin letters and no number.
    ForeignFirm,
}

/// A party as it is.
#[derive(Clone)]
pub(crate) struct Party {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) number: String,
}

const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";
pub(crate) const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文辉力志永健世广义兴良海山仁波宁贵福生龙元全胜学祥才发武新利清飞彬富顺信子东岩中茂进林有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆民友裕河哲江浩亮政谦亨奇固之轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰士以家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘";
const FIRST: [&str; 40] = [
    "Anna", "Boris", "Carlos", "Dmitri", "Elena", "Farid", "Giorgio", "Hassan", "Irina", "Johannes", "Karim",
    "Ludmila", "Mohammed", "Natalia", "Oleg", "Pavel", "Rashid", "Sergei", "Tatiana", "Viktor", "Walter", "Yusuf",
    "Zoran", "Maria", "Jose", "Fatima", "Igor", "Andrei", "Stefan", "Olaf", "Katarina", "Miguel", "Nikolai", "Omar",
    "Peter", "Ricardo", "Svetlana", "Thomas", "Vladimir", "Ahmed",
];
const LAST: [&str; 48] = [
    "Abramov",
    "Bergstrom",
    "Castillo",
    "Dragunov",
    "Eriksson",
    "Fernandez",
    "Grigoriev",
    "Haddad",
    "Ivanchenko",
    "Jovanovic",
    "Khalidi",
    "Lindqvist",
    "Mendoza",
    "Novakovic",
    "Ostrovsky",
    "Petrossian",
    "Quintero",
    "Rodriguez",
    "Shevchenko",
    "Tarasenko",
    "Ulyanov",
    "Vasquez",
    "Wolkow",
    "Yanukov",
    "Zimmermann",
    "Almeida",
    "Bashirov",
    "Cordero",
    "Dubrovin",
    "Espinoza",
    "Fedorenko",
    "Gutierrez",
    "Hosseini",
    "Ibrahimov",
    "Jafarov",
    "Kowalczyk",
    "Lukashev",
    "Moreira",
    "Nazarov",
    "Orlovsky",
    "Popescu",
    "Rahmani",
    "Sokolov",
    "Timoshenko",
    "Usmanov",
    "Volkonsky",
    "Yildirim",
    "Zaitsev",
];
const WORDS: [&str; 36] = [
    "Northern",
    "Baltic",
    "Orion",
    "Meridian",
    "Caspian",
    "Delta",
    "Union",
    "Atlas",
    "Horizon",
    "Pioneer",
    "Summit",
    "Crystal",
    "Falcon",
    "Harbor",
    "Imperial",
    "Jupiter",
    "Keystone",
    "Liberty",
    "Monarch",
    "Neptune",
    "Olympic",
    "Pacific",
    "Quantum",
    "Riverside",
    "Sterling",
    "Titan",
    "Universal",
    "Vanguard",
    "Western",
    "Zenith",
    "Anchor",
    "Beacon",
    "Cascade",
    "Dynamic",
    "Eastern",
    "Frontier",
];
const TRADES: [&str; 12] = [
    "Trading",
    "Shipping",
    "Energy",
    "Metals",
    "Logistics",
    "Holdings",
    "Capital",
    "Industries",
    "Petroleum",
    "Aviation",
    "Engineering",
    "Commodities",
];
pub(crate) const FORMS: [(&str, &str); 5] = [
    ("Limited", "Ltd"),
    ("Limited Liability Company", "LLC"),
    ("Aktiengesellschaft", "AG"),
    ("Corporation", "Corp"),
    ("Public Limited Company", "PLC"),
];

/// A party of a seed and a number.
pub(crate) fn party(seed: u64, number: u64) -> Party {
    let mut draws = Draws::new(seed, number);
    let given: Vec<char> = GIVEN.chars().collect();
    match draws.below(100) {
        0..65 => {
            let surnames: Vec<char> = SURNAMES.chars().collect();
            let mut name = draws.pick_common(&surnames).to_string();
            for _ in 0..if draws.below(4) == 0 { 1 } else { 2 } {
                name.push(draws.pick_common(&given));
            }
            let born = Day::new(1945, 1, 1).map_or(Day::EPOCH, |day| day.plus_days(draws.below(22_000) as i32));
            let area = 110_000 + 100 * draws.below(300) + draws.pick(&[1, 2, 3, 4, 5, 11, 13, 81, 82]);
            let body = format!("{area}{}{:03}", born.to_string().replace('-', ""), draws.below(996));
            Party { kind: Kind::Person, name, number: checked(IdentifierKind::Resident, body) }
        }
        65..85 => {
            let place = draws.pick(&["无锡", "江阴", "宜兴", "苏州", "南京", "常州", "北京", "上海"]);
            let stem: String = (0..2 + draws.below(2)).map(|_| draws.pick(&given)).collect();
            let trade = draws.pick(&["商贸", "建设工程", "机械制造", "电子科技", "餐饮管理", "物流", "新材料", "置业"]);
            let form = draws.pick(&["有限公司", "有限公司", "有限责任公司", "股份有限公司"]);
            let body = format!("913202{:02}MA{:07}", draws.below(90), draws.below(10_000_000));
            let number = checked(IdentifierKind::CreditCode, body);
            Party { kind: Kind::Firm, name: format!("{place}{stem}{trade}{form}"), number }
        }
        85..95 => {
            let middle = draws.pick(&FIRST);
            let (first, last) = (draws.pick(&FIRST), draws.pick(&LAST));
            let name = if draws.below(3) == 0 { format!("{first} {middle} {last}") } else { format!("{first} {last}") };
            Party { kind: Kind::Foreigner, name, number: String::new() }
        }
        _ => {
            let form = draws.pick(&FORMS).1;
            let name = format!("{} {} {} {form}", draws.pick(&WORDS), draws.pick(&WORDS), draws.pick(&TRADES));
            Party { kind: Kind::ForeignFirm, name, number: String::new() }
        }
    }
}

fn checked(kind: IdentifierKind, body: String) -> String {
    let check = Identifier::check_character(kind, &body).unwrap_or('0');
    body + &check.to_string()
}
