//! Asks the service over loopback and measures how long each answer takes.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use wherewithal::domain::{Day, Identifier, IdentifierKind};
use wherewithal::screening::{Application, Change, ListEntry, Outcome, PublicRecord, ScreeningAnswer};

type Fault = Box<dyn Error + Send + Sync>;

const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹";
const GIVEN: &str =
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文辉力志永健世广义兴良海山仁波宁贵福生龙元全胜学祥";

/// Name and number of a simulated person; even ones are listed.
fn person(i: u64) -> (String, String) {
    let pick = |from: &str, at: u64| {
        let letters: Vec<char> = from.chars().collect();
        letters[(at % letters.len() as u64) as usize]
    };
    let name = format!("{}{}{}", pick(SURNAMES, i * 7 + i / 30), pick(GIVEN, i * 11 + i / 50), pick(GIVEN, i / 3));
    let born =
        Day::parse("1950-01-01").map_or_else(|_| String::new(), |day| day.plus_days((i % 20_000) as i32).to_string());
    let body = format!("{:06}{}{:03}", 320_200 + i / 20_000, born.replace('-', ""), i % 996);
    let check = Identifier::check_character(IdentifierKind::Resident, &body).unwrap_or('0');
    (name, format!("{body}{check}"))
}

/// A simulated list.
pub fn entries(n: u64) -> Result<Vec<ListEntry>, Box<dyn Error>> {
    (0..n).map(|i| Ok(record(&i.to_string(), person(2 * i)).into_entry()?)).collect()
}

fn record(id: &str, (name, number): (String, String)) -> PublicRecord {
    PublicRecord {
        id: id.to_owned(),
        iname: name,
        card_num: number,
        case_code: "（2024）苏0213执123号".to_owned(),
        court_name: "无锡市梁溪区人民法院".to_owned(),
        publish_date: "2025-01-10".to_owned(),
        party_type_name: "自然人".to_owned(),
        ..PublicRecord::default()
    }
}

/// Puts questions from several clients while new editions come in, and prints the delays.
pub async fn ask(
    address: SocketAddr,
    (questions, clients, seconds): (u64, u64, u64),
    entries: u64,
) -> Result<(), Box<dyn Error>> {
    let bar = Arc::new(ProgressBar::new(questions));
    let begun = Instant::now();
    let until = begun + Duration::from_secs(seconds);
    let each = questions.div_ceil(clients.max(1));
    let mut asking = Vec::new();
    for client in 0..clients.max(1) {
        let bar = Arc::clone(&bar);
        asking.push(tokio::spawn(async move {
            let mut connection = Connection::open(address).await?;
            let (mut delays, mut wrong) = (Vec::new(), 0u64);
            for i in 0..each {
                if Instant::now() >= until {
                    break;
                }
                let who = (client * each + i).wrapping_mul(2_654_435_761) % (2 * entries);
                let (name, number) = person(who);
                let application = Application {
                    application_id: who.to_string(),
                    name,
                    identifiers: vec![number],
                    born_on: None,
                    activity: Some("loan".to_owned()),
                    on: Day::parse("2026-01-06")?,
                };
                let asked = Instant::now();
                let answer: ScreeningAnswer =
                    serde_json::from_slice(&connection.post("/screen", &serde_json::to_vec(&application)?).await?)?;
                delays.push(asked.elapsed());
                wrong += u64::from((answer.outcome == Outcome::Match) != (who % 2 == 0));
                bar.inc(1);
            }
            Ok::<_, Fault>((delays, wrong))
        }));
    }
    let mut editions = 0;
    let mut changing = Connection::open(address).await.map_err(|e| e.to_string())?;
    while asking.iter().any(|client| !client.is_finished()) {
        let added = record(&format!("added {editions}"), ("新增者".to_owned(), String::new())).into_entry()?;
        let changes = (Day::parse("2026-01-06")?, vec![Change::Add(Box::new(added))]);
        changing.post("/changes", &serde_json::to_vec(&changes)?).await.map_err(|e| e.to_string())?;
        editions += 1;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let (mut delays, mut wrong) = (Vec::new(), 0);
    for client in asking {
        let (found, bad) = client.await?.map_err(|e| e.to_string())?;
        delays.extend(found);
        wrong += bad;
    }
    bar.finish_and_clear();
    let elapsed = begun.elapsed().as_secs_f64();
    delays.sort_unstable();
    let at = |share: f64| {
        delays
            .get(((delays.len() as f64 * share) as usize).min(delays.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    };
    println!(
        "{} answers from {clients} clients in {elapsed:.1} s ({:.0} a second), {editions} new editions meanwhile",
        delays.len(),
        delays.len() as f64 / elapsed
    );
    println!(
        "delay p50 {:?}, p99 {:?}, p99.9 {:?}, longest {:?}; {wrong} wrong answers",
        at(0.5),
        at(0.99),
        at(0.999),
        at(1.0)
    );
    if wrong > 0 { Err(format!("{wrong} wrong answers").into()) } else { Ok(()) }
}

/// One connection that stays open: HTTP/1.1 with lengths, as much as loopback needs.
struct Connection(BufReader<TcpStream>);

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self, Fault> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    async fn post(&mut self, path: &str, body: &[u8]) -> Result<Vec<u8>, Fault> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: loopback\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        self.0.get_mut().write_all(&[head.as_bytes(), body].concat()).await?;
        let (mut line, mut length, mut status) = (String::new(), 0, String::new());
        loop {
            line.clear();
            if self.0.read_line(&mut line).await? == 0 {
                return Err("the service closed the connection".into());
            }
            let field = line.trim_end().to_ascii_lowercase();
            if field.is_empty() {
                break;
            }
            if field.starts_with("http/") {
                status = field.clone();
            }
            if let Some(value) = field.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await?;
        if status.contains(" 200") {
            Ok(body)
        } else {
            Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into())
        }
    }
}
