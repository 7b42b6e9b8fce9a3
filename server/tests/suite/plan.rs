//! How PostgreSQL answers a page: by a scan of the key, whatever the depth and whatever the values.

use crate::harness::TestServer;
use model::{ThreadId, Timestamp, UserId};
use serde_json::Value;
use server::{
    changes,
    messages::{AFTER, BEFORE},
    snapshot::PAGE,
    users::BY_PREFIX,
};
use sqlx::{AssertSqlSafe, PgPool};

const ROWS: i64 = 200_000;
const THREADS: i64 = 8;

async fn fill(db: &PgPool) -> Vec<ThreadId> {
    let threads: Vec<_> = (0..THREADS).map(|_| ThreadId::generate()).collect();
    sqlx::query(
        "insert into message (thread_id, created_at, message_id, seq, sender_id, body)
            select ($1::uuid[])[1 + n % $2], timestamptz '2025-01-01' + n * interval '1 second',
                gen_random_uuid(), 1 + n / $2, $3, 'message ' || n
            from generate_series(0, $4 - 1) n",
    )
    .bind(&threads)
    .bind(THREADS)
    .bind(UserId::generate())
    .bind(ROWS)
    .execute(db)
    .await
    .unwrap();
    sqlx::query("analyze message").execute(db).await.unwrap();
    threads
}

/// How PostgreSQL carries a statement out: planned for any values, as the server has it done, and then run with these.
async fn plan(db: &PgPool, statement: &str, types: &str, values: &str) -> Value {
    let mut db = db.acquire().await.unwrap();
    let prepare = format!("prepare planned ({types}) as {statement}");
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *db).await.unwrap();
    let explain = format!("explain (analyze, buffers, format json) execute planned ({values})");
    let plan: Value = sqlx::query_scalar(AssertSqlSafe(explain)).fetch_one(&mut *db).await.unwrap();
    sqlx::raw_sql("deallocate planned").execute(&mut *db).await.unwrap();
    let plan = plan[0]["Plan"].clone();
    assert!(format!("{plan}").contains("$1"), "planned for its values: {plan:#}");
    plan
}

/// A moment, as it stands in a statement.
fn moment(at: Timestamp) -> String {
    format!("'epoch'::timestamptz + interval '{} microseconds'", at.0)
}

/// How many blocks were looked at.
fn touched(plan: &Value) -> u64 {
    ["Shared Hit Blocks", "Shared Read Blocks"].iter().map(|key| plan[key].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn a_page_is_a_scan_of_the_key_without_sort_or_filter_at_any_depth() {
    let server = TestServer::start().await;
    let db = &server.state.db;
    let threads = fill(db).await;
    let deep = Timestamp(1_735_689_600_000_000 + 2_000 * 1_000_000);
    for (statement, cursor, direction) in [
        (BEFORE, Timestamp::MAX, "Backward"),
        (BEFORE, deep, "Backward"),
        (AFTER, deep, "Forward"),
        (AFTER, Timestamp(0), "Forward"),
    ] {
        let values = format!("'{}', {}, 51", threads[3], moment(cursor));
        let plan = plan(db, statement, "uuid, timestamptz, bigint", &values).await;
        let text = format!("{plan:#}");
        assert_eq!(plan["Node Type"], "Limit", "{text}");
        let scan = &plan["Plans"][0];
        assert_eq!(scan["Node Type"], "Index Scan", "{text}");
        assert_eq!(scan["Index Name"], "message_pkey", "{text}");
        assert_eq!(scan["Scan Direction"], direction, "{text}");
        assert_eq!(scan["Actual Rows"].as_f64(), Some(51.0), "{text}");
        assert!(scan.get("Plans").is_none() && scan.get("Filter").is_none(), "{text}");
        let condition = scan["Index Cond"].as_str().unwrap();
        assert!(condition.contains("thread_id") && condition.contains("created_at"), "{text}");
        // Rows of eight threads lie mixed, so each may be on a page of its own; a scan of the table would touch thousands.
        assert!(touched(&plan) <= 51 + 10, "{text}");
    }
}

/// Gives somebody so many threads, one an hour, every second one of them archived.
async fn fill_lists(db: &PgPool, user_id: UserId, threads: i32) {
    sqlx::query(
        "with made as (
                insert into thread (thread_id, kind, title, avatar_hue, avatar_glyph, created_by, member_count, last_seq,
                        active_at, change, members_change)
                    select gen_random_uuid(), 'group', 'Group ' || n, 0, '', $1, 1, 0,
                        timestamptz '2025-01-01' + n * interval '1 hour', 0, 0
                    from generate_series(0, $2 - 1) n
                    returning thread_id, active_at, title
            )
            insert into member (thread_id, user_id, role, active_hour, is_archived)
                select thread_id, $1, 'admin', active_at, right(title, 1) in ('1', '3', '5', '7', '9') from made",
    )
    .bind(user_id)
    .bind(threads)
    .execute(db)
    .await
    .unwrap();
    sqlx::raw_sql("analyze member; analyze thread").execute(db).await.unwrap();
}

#[tokio::test]
async fn a_page_of_threads_costs_the_same_whatever_is_listed_archived_or_above_it() {
    let server = TestServer::start().await;
    let (alice, bob, _) = server.people().await;
    let db = &server.state.db;
    fill_lists(db, alice.user.user_id, 20_000).await;
    fill_lists(db, bob.user.user_id, 200).await;
    let now = Timestamp::now();
    let deep = Timestamp(1_735_689_600_000_000 + 5_000 * 3_600_000_000);
    for (person, cursor, is_archived) in [
        (&alice, now, false),
        (&alice, now, true),
        (&alice, deep, false),
        (&alice, deep, true),
        (&bob, now, true),
    ] {
        let (hour, at) = (moment(cursor.start_of_hour()), moment(cursor));
        let values =
            format!("'{}', {hour}, {at}, '{}', 51, {is_archived}", person.user.user_id, uuid::Uuid::max());
        let types = "uuid, timestamptz, timestamptz, uuid, bigint, boolean";
        let plan = plan(db, PAGE, types, &values).await;
        let text = format!("{plan:#}");
        assert!(text.contains("member_list") && !text.contains("Seq Scan"), "{text}");
        assert_eq!(plan["Actual Rows"].as_f64(), Some(51.0), "{text}");
        // At most a block for each of 51 rows of either table, and the ways through two trees to each thread.
        assert!(touched(&plan) <= 51 * 5 + 20, "{text}");
    }
}

#[tokio::test]
async fn what_changed_is_found_among_what_changed_alone() {
    let server = TestServer::start().await;
    let db = &server.state.db;
    let thread_id = fill(db).await[3];
    sqlx::query("update message set change = seq where thread_id = $1")
        .bind(thread_id)
        .execute(db)
        .await
        .unwrap();
    sqlx::query("analyze message").execute(db).await.unwrap();
    let values = format!("'{thread_id}', 5000, 101");
    let plan = plan(db, changes::AFTER, "uuid, bigint, bigint", &values).await;
    let scan = &plan["Plans"][0];
    assert_eq!(scan["Index Name"], "message_change", "{plan:#}");
    assert!(scan.get("Plans").is_none() && scan.get("Filter").is_none(), "{plan:#}");
}

#[tokio::test]
async fn people_are_found_by_an_index() {
    let server = TestServer::start().await;
    let db = &server.state.db;
    sqlx::query(
        "insert into account (user_id, username, display_name, password_hash, is_administrator)
            select gen_random_uuid(), 'person' || n, 'Pérson ' || md5(n::text), '', false from generate_series(1, 50000) n",
    )
    .execute(db)
    .await
    .unwrap();
    let zoe = server.person_named("zoe", "Zoë Müller").await;
    // What was just made is in the index proper, not in its list of what is pending.
    sqlx::raw_sql("vacuum analyze account").execute(db).await.unwrap();
    // Also where PostgreSQL was at work on the list by itself at that moment.
    let cleaned: i64 =
        sqlx::query_scalar("select gin_clean_pending_list('account_search')").fetch_one(db).await.unwrap();
    let plan = plan(db, BY_PREFIX, "text, bigint", "$$'müller':* & 'zo':*$$, 20").await;
    let text = format!("{plan:#}");
    assert!(text.contains("account_search") && !text.contains("Seq Scan"), "{text}");
    assert!(touched(&plan) <= 30, "{cleaned} pages were pending: {text}");
    assert_eq!(zoe.find("zoe").await, ["zoe"]);
}
