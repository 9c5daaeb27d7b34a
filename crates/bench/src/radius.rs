//! What a sign-in at a router costs: the questions FreeRADIUS asks of the views, beside one read by a key; which rows they
//! touch; and how many sign-ins a second Debian's FreeRADIUS answers over them, where it is installed.

use crate::book;
use crate::figures::{self, Table};
use cabinet_service::{Clock, SystemClock};
use sqlx::{AssertSqlSafe, Executor, PgConnection, Row};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// Subscribers.
const SUBSCRIBERS: i64 = 100_000;
/// Sign-ins read in each half of a round.
const READS: i64 = 1_000;
/// Sign-ins that arrive at FreeRADIUS.
const SIGN_INS: i64 = 20_000;
/// How many of them at once.
const AT_ONCE: &str = "64";
/// What the router and FreeRADIUS share.
const SECRET: &str = "secret-of-the-bench";
/// Its program, where Debian has it.
const FREERADIUS: &str = "/usr/sbin/freeradius";

/// What FreeRADIUS asks about a sign-in (`deploy/freeradius/sql.conf`), each planned anew, as it sends them.
fn questions(username: &str) -> [String; 4] {
    [
        format!(
            "SELECT id, username, attribute, value, op FROM radius.radcheck WHERE username = '{username}' ORDER BY id"
        ),
        format!(
            "SELECT id, username, attribute, value, op FROM radius.radreply WHERE username = '{username}' \
             AND (kind IS NULL OR kind = (SELECT type FROM radius.nas WHERE nasname = '127.0.0.1')) ORDER BY id"
        ),
        format!("SELECT groupname FROM radius.radusergroup WHERE username = '{username}' ORDER BY priority"),
        "SELECT id, groupname, attribute, value, op FROM radius.radgroupreply WHERE groupname = 'open' ORDER BY id"
            .to_owned(),
    ]
}

/// The one read of the floor.
fn by_key(username: &str) -> String {
    format!("SELECT username, secret FROM network_login WHERE username = '{username}'")
}

/// The rows touched, the ratio, and the rate.
pub async fn measure(admin: &str, rounds: usize, table: &mut Table) {
    let (store, mut server) = book::postgres(admin, "bench_radius").await;
    store.close().await;
    for sql in book::fill_postgres(SUBSCRIBERS, SystemClock.today()).into_iter().chain(of_network().map(str::to_owned))
    {
        server.execute(AssertSqlSafe(sql)).await.expect("fills");
    }
    println!("sign-ins at routers, PostgreSQL: {SUBSCRIBERS} subscribers, a tenth with a static address or with Turbo");
    let mut strayed = 0;
    // The function that the second question calls reads this view.
    let called = "SELECT id, attribute, op, value, kind FROM radius.reply WHERE username = '7777'".to_owned();
    for sql in questions("7777").into_iter().chain([called]) {
        let plan = explained(&mut server, &sql).await;
        println!("  {sql}");
        plan.iter().for_each(|line| println!("    {line}"));
        strayed += plan.iter().filter(|line| strays(line)).count();
    }
    table.at_most("sign-in: rows of other subscribers touched", strayed as f64, 0.0, "", String::new());
    let (mut product, mut floor) = (vec![], vec![]);
    for round in 0..rounds as i64 {
        let names: Vec<String> = (0..READS).map(|n| (1 + (n * 97 + round * 7919) % SUBSCRIBERS).to_string()).collect();
        let asked: Vec<String> = names.iter().flat_map(|name| questions(name)).collect();
        product.push(time(&mut server, &asked).await / READS as f64);
        let read: Vec<String> = names.iter().map(|name| by_key(name)).collect();
        floor.push(time(&mut server, &read).await / READS as f64);
    }
    let beside = format!("{:.2} ms, {:.2} ms", figures::median(&product) * 1000.0, figures::median(&floor) * 1000.0);
    let ratio = figures::ratio(&product, &floor);
    table.at_most("sign-in: four questions beside a read by key", ratio, 40.0, "", beside);
    match Path::new(FREERADIUS).exists() {
        true => rate(admin, table),
        false => println!(
            "  {FREERADIUS} is not there, so no sign-ins were sent: apt-get install freeradius freeradius-postgresql freeradius-utils"
        ),
    }
}

/// Secrets, addresses, Turbo that runs and that is over, generations, a router.
fn of_network() -> [&'static str; 11] {
    [
        "ALTER ROLE radius_ro LOGIN",
        "ALTER ROLE radius_acct LOGIN",
        "INSERT INTO network_login SELECT id, contract, 'secret-' || contract FROM account",
        "INSERT INTO network_state (account_id, generation, changed_at) SELECT id, 3, now() FROM account",
        "INSERT INTO ip_address (address, pool, account_id, free_from, withdrawn) SELECT host('10.0.0.0'::inet + contract::bigint), \
         'main', id, opened_on, FALSE FROM account WHERE contract LIKE '%7'",
        "INSERT INTO static_ip (account_id, service_id, order_id, address, connected_on, charged_through, count_fee, count_month, \
         count_days) SELECT account_id, account_id, account_id, address, free_from, free_from, 0, free_from, 0 FROM ip_address",
        "INSERT INTO turbo_run (account_id, order_id, option_code, taken_on, starts_at, ends_at, down_mbps, up_mbps, free) \
         SELECT id, id, '3h', opened_on, now(), now() + interval '3 hours', 100, 100, FALSE FROM account WHERE contract LIKE '%3'",
        "INSERT INTO turbo_run (account_id, order_id, option_code, taken_on, starts_at, ends_at, down_mbps, up_mbps, free) \
         SELECT id, gen_random_uuid(), '3h', opened_on, now() - n * interval '9 days', \
         now() - n * interval '9 days' + interval '3 hours', 100, 100, FALSE FROM account, generate_series(1, 3) n",
        "INSERT INTO router VALUES ('bench', '127.0.0.1', 'mikrotik', 'secret-of-the-bench', 3799, TRUE, TRUE)",
        "INSERT INTO router_line VALUES ('mikrotik', 'open', 1, 'Mikrotik-Rate-Limit', ':=', '{up_rate}/{down_rate}'), \
         ('mikrotik', 'open', 2, 'Framed-IP-Address', ':=', '{ip}'), ('mikrotik', 'garden', 3, 'Mikrotik-Address-List', ':=', 'blocked')",
        "VACUUM ANALYZE",
    ]
}

async fn explained(server: &mut PgConnection, sql: &str) -> Vec<String> {
    let sql = format!("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) {sql}");
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(server).await.expect("explains");
    // Conditions are as long as the rules they hold; which rows are touched, the nodes tell.
    let told = rows.iter().map(|row| row.get::<String, _>(0));
    told.filter(|line| line.contains("rows=") || line.contains("Index Cond") || line.contains("Rows Removed")).collect()
}

/// A table of subscribers read otherwise than by an index, or for more than one row.
fn strays(line: &str) -> bool {
    const OF_SUBSCRIBERS: [&str; 6] =
        ["account ", "service ", "network_login ", "network_state ", "static_ip ", "turbo_run "];
    let of = |table: &str| line.contains(&format!(" on {table}"));
    if !OF_SUBSCRIBERS.iter().any(|table| of(table)) {
        return false;
    }
    let rows = line.split("actual rows=").nth(1).and_then(|rest| rest.split([' ', '.']).next()?.parse::<u32>().ok());
    line.contains("Seq Scan") || rows.is_none_or(|rows| rows > 1)
}

/// Seconds of these, one after another, each planned anew.
async fn time(server: &mut PgConnection, statements: &[String]) -> f64 {
    let begun = Instant::now();
    for sql in statements {
        server.execute(sqlx::raw_sql(AssertSqlSafe(sql.clone()))).await.expect("answers");
    }
    begun.elapsed().as_secs_f64()
}

/// A process that ends with the bench.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sign-ins a second that FreeRADIUS answers with none lost.
fn rate(admin: &str, table: &mut Table) {
    let place = tempfile::tempdir().expect("a directory");
    let (sign_ins, accounting) = (free_port(), free_port());
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/freeradius");
    for name in ["radiusd.conf", "sql.conf"] {
        std::fs::copy(ours.join(name), place.path().join(name)).expect("copies");
    }
    let here = place.path().display();
    let server = admin.split_once('@').expect("a URL with a user").1;
    let port = server.split([':', '/']).nth(1).expect("a URL with a port");
    let local = format!(
        "cabinet_listen = 127.0.0.1\ncabinet_auth_port = {sign_ins}\ncabinet_acct_port = {accounting}\nconfdir = {here}\nlogdir = {here}\n\
         run_dir = {here}\ncabinet_by = sql\ncabinet_db_server = 127.0.0.1\ncabinet_db_port = {port}\n\
         cabinet_db_name = bench_radius\ncabinet_db_password_ro = x\ncabinet_db_password_acct = x\n"
    );
    std::fs::write(place.path().join("local.conf"), local).expect("writes");
    let asked = (1..=SIGN_INS).fold(String::new(), |mut asked, number| {
        let name = 1 + number * 4 % SUBSCRIBERS;
        writeln!(asked, "User-Name = \"{name}\", User-Password = \"secret-{name}\"\n").expect("a text grows");
        asked
    });
    std::fs::write(place.path().join("asked"), asked).expect("writes");
    let mut command = unprivileged(place.path());
    command.args(["-f", "-l", "stdout", "-d"]).arg(place.path()).stdout(Stdio::piped()).stdin(Stdio::null());
    let mut freeradius = Ends(command.spawn().expect("starts"));
    let mut lines = BufReader::new(freeradius.0.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
    assert!(lines.by_ref().any(|line| line.contains("Ready to process requests")), "FreeRADIUS is ready");
    std::thread::spawn(move || lines.for_each(drop));
    let address = format!("127.0.0.1:{sign_ins}");
    let begun = Instant::now();
    let told = Command::new("radclient")
        .args(["-q", "-s", "-r", "1", "-t", "5", "-p", AT_ONCE, "-f"])
        .arg(place.path().join("asked"))
        .args([&address, "auth", SECRET])
        .output()
        .expect("radclient runs");
    let taken = begun.elapsed().as_secs_f64();
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let count = |what: &str| {
        told.lines()
            .find_map(|line| line.trim().strip_prefix(what)?.trim_start_matches([' ', ':']).trim().parse::<i64>().ok())
    };
    let (accepted, lost) = (count("Accepted").unwrap_or(0), count("Lost").unwrap_or(SIGN_INS));
    table.at_most(
        "sign-ins at FreeRADIUS: not answered",
        (SIGN_INS - accepted).max(lost) as f64,
        0.0,
        "",
        String::new(),
    );
    let beside = format!("{SIGN_INS} by radclient, {AT_ONCE} at once");
    table.told("sign-ins at FreeRADIUS over the views", accepted as f64 / taken, "/s", beside);
}

fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port()
}

/// FreeRADIUS as an account that may do nothing, where we are root.
fn unprivileged(place: &Path) -> Command {
    let id = |what: &[&str]| {
        let told = Command::new("id").args(what).output().expect("id runs");
        String::from_utf8_lossy(&told.stdout).trim().to_owned()
    };
    if id(&["-u"]) != "0" {
        return Command::new(FREERADIUS);
    }
    let given = Command::new("chown").args(["-R", "freerad"]).arg(place).status().expect("chown runs");
    assert!(given.success(), "the files are FreeRADIUS's");
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "freerad", "--regid", &id(&["-g", "freerad"]), "--init-groups", FREERADIUS]);
    command
}
