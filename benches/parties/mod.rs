//! Simulated party records of many agencies, with the truth: who wrote what about whom.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each program uses a part, and benches and examples are crates of their own"
)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "numbers are drawn below the sizes they index, and a simulation may fail loudly"
)]

use wherewithal::domain::{Day, Identifier, IdentifierKind};
use wherewithal::linkage::Records;

/// The columns of the records.
pub const COLUMNS: [&str; 6] = ["name", "number", "born_on", "phone", "address", "kind"];

const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";
const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文辉力志永健世广义兴良海山仁波宁贵福生龙元全胜学祥才发武新利清飞彬富顺信子东岩中茂进林有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆民友裕河哲江浩亮政谦亨奇固之轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰士以家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘";
const DISTRICTS: [&str; 7] = ["梁溪区", "滨湖区", "新吴区", "惠山区", "锡山区", "江阴市", "宜兴市"];
const ROADS: [&str; 20] = [
    "中山路",
    "人民路",
    "解放路",
    "太湖大道",
    "学前街",
    "清扬路",
    "五爱路",
    "金匮街",
    "观山路",
    "立信大道",
    "隐秀路",
    "梁清路",
    "运河路",
    "长江路",
    "行创路",
    "锡沪路",
    "友谊路",
    "团氿滨路",
    "虹桥路",
    "澄江路",
];
const SLIPS: [(char, char); 8] =
    [('伟', '玮'), ('静', '靜'), ('国', '國'), ('军', '軍'), ('丽', '麗'), ('强', '強'), ('志', '智'), ('明', '铭')];

/// A sequence of numbers that a seed alone decides (SplitMix64).
pub struct Draws(u64);

impl Draws {
    /// The sequence of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(x ^ x >> 31) * u128::from(n)) >> 64) as u64
    }

    /// Whether something of this chance in a thousand happens.
    pub fn chance(&mut self, in_a_thousand: u64) -> bool {
        self.below(1000) < in_a_thousand
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize].clone()
    }

    /// One of the first more often than one of the last.
    fn pick_common<T: Clone>(&mut self, from: &[T]) -> T {
        let n = from.len() as u64;
        let place = self.below(n).min(self.below(n)).min(self.below(n));
        from[place as usize].clone()
    }
}

/// A party as it is.
#[derive(Clone)]
pub struct Party {
    /// Name.
    pub name: String,
    /// Number.
    pub number: String,
    born_on: String,
    phone: String,
    address: String,
    is_person: bool,
}

/// A party of a seed and a number.
pub fn party(seed: u64, number: u64) -> Party {
    let mut draws = Draws::new(seed ^ number.wrapping_mul(0xd6e8_feb8_6659_fd93));
    let address = address(&mut draws);
    let phone = format!("1{}{:09}", draws.pick(&[3, 5, 7, 8, 9]), draws.below(1_000_000_000));
    if draws.chance(150) {
        let given: Vec<char> = GIVEN.chars().collect();
        let stem: String = (0..3).map(|_| draws.pick(&given)).collect();
        let trade = draws.pick(&["商贸", "建设工程", "机械制造", "电子科技", "餐饮管理"]);
        let form = draws.pick(&["有限公司", "有限责任公司", "股份有限公司"]);
        let body = format!("913202{}MA{:06}", draws.pick(&["00", "05", "06", "11", "13"]), draws.below(1_000_000));
        let body = format!("{body}{}", draws.below(10));
        let check = Identifier::check_character(IdentifierKind::CreditCode, &body).unwrap_or('0');
        let number = format!("{body}{check}");
        return Party {
            name: format!("无锡{stem}{trade}{form}"),
            number,
            born_on: String::new(),
            phone,
            address,
            is_person: false,
        };
    }
    let (surnames, given): (Vec<char>, Vec<char>) = (SURNAMES.chars().collect(), GIVEN.chars().collect());
    let mut name = draws.pick_common(&surnames).to_string();
    for _ in 0..if draws.chance(250) { 1 } else { 2 } {
        name.push(draws.pick_common(&given));
    }
    let born = Day::new(1945, 1, 1).unwrap().plus_days(draws.below(22_000) as i32);
    let area = draws.pick(&["320202", "320203", "320204", "320211", "320213", "320281", "320282", "340123", "410221"]);
    let body = format!("{area}{}{:03}", born.to_string().replace('-', ""), draws.below(996));
    let check = Identifier::check_character(IdentifierKind::Resident, &body).unwrap_or('0');
    Party { name, number: format!("{body}{check}"), born_on: born.to_string(), phone, address, is_person: true }
}

fn address(draws: &mut Draws) -> String {
    let (district, road) = (draws.pick(&DISTRICTS), draws.pick(&ROADS));
    let (house, block, room) = (1 + draws.below(400), 1 + draws.below(30), 101 + draws.below(2600));
    format!("无锡市{district}{road}{house}号{block}幢{room}室")
}

/// Writes what one agency holds about a party: with gaps, slips and things that have changed since.
pub fn observed(party: &Party, draws: &mut Draws) -> [String; 6] {
    let mut name = party.name.clone();
    if draws.chance(40) {
        let (from, to) = draws.pick(&SLIPS);
        name = name.replace(from, &to.to_string());
    }
    if draws.chance(10) && party.is_person {
        name = wherewithal::linkage::sound(&name);
    }
    let mut number = party.number.clone();
    match draws.below(1000) {
        0..620 => {}
        620..680 => number = slip(&number, draws),
        _ => number.clear(),
    }
    let born_on = if draws.chance(880) { party.born_on.clone() } else { String::new() };
    let born_on = if draws.chance(10) { slip(&born_on, draws) } else { born_on };
    let phone = match draws.below(1000) {
        0..600 => party.phone.clone(),
        600..700 => format!("1{}{:09}", 3, draws.below(1_000_000_000)),
        700..720 => slip(&party.phone, draws),
        _ => String::new(),
    };
    let address = match draws.below(1000) {
        0..350 => party.address.clone(),
        350..500 => party.address.replace("无锡市", "").replace('幢', "-").replace('室', ""),
        500..600 => address(draws),
        _ => String::new(),
    };
    let kind = if party.is_person { "person" } else { "company" };
    [name, number, born_on, phone, address, kind.to_owned()]
}

/// One digit becomes another.
pub fn slip(text: &str, draws: &mut Draws) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let digits: Vec<usize> = (0..letters.len()).filter(|i| letters[*i].is_ascii_digit()).collect();
    if digits.is_empty() {
        return text.to_owned();
    }
    let at = draws.pick(&digits);
    letters[at] = char::from(b'0' + (letters[at] as u8 - b'0' + 1 + draws.below(9) as u8) % 10);
    letters.into_iter().collect()
}

/// `n` records about two thirds as many parties, and whose each record is.
pub fn records(n: usize, seed: u64) -> (Records, Vec<u64>) {
    let mut draws = Draws::new(seed);
    let mut records = Records::new(COLUMNS);
    let mut truth = Vec::with_capacity(n);
    for row in 0..n {
        let whose = draws.below(n as u64 * 2 / 3 + 1);
        let cells = observed(&party(seed, whose), &mut draws);
        records.push(format!("record-{row}"), cells.iter().map(String::as_str)).unwrap();
        truth.push(whose);
    }
    (records, truth)
}

/// Pairwise precision, recall and F1 of found parties against true ones.
pub fn agreement(found: &[u32], truth: &[u64]) -> (f64, f64, f64) {
    let pairs = |mut keys: Vec<(u64, u64)>| {
        keys.sort_unstable();
        keys.chunk_by(|a, b| a == b).map(|same| (same.len() * (same.len() - 1) / 2) as f64).sum::<f64>()
    };
    let joined = pairs(found.iter().map(|party| (u64::from(*party), 0)).collect());
    let true_pairs = pairs(truth.iter().map(|party| (*party, 0)).collect());
    let both = pairs(found.iter().zip(truth).map(|(found, truth)| (u64::from(*found), *truth)).collect());
    (both / joined, both / true_pairs, 2.0 * both / (joined + true_pairs))
}
