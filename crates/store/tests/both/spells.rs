use crate::support::account;
use cabinet_core::statement::SpellKind::{Blocked, Suspended};
use cabinet_core::statement::{Spell, SpellKind};
use cabinet_store::{on_both, spells};
use time::Date;
use time::macros::date;

const MONTH: (Date, Date) = (date!(2015 - 01 - 01), date!(2015 - 01 - 31));

fn spell(kind: SpellKind, first_day: Date, last_day: Option<Date>) -> Spell {
    Spell { kind, first_day, last_day }
}

on_both! {
    async fn a_spell_lasts_until_it_ends(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let mut tx = store.write().await.unwrap();
        for (owner, kind, day) in [(id, Blocked, 5), (id, Blocked, 5), (id, Suspended, 7), (other, Blocked, 6)] {
            spells::begin(&mut tx, owner, kind, date!(2015 - 01 - 01).replace_day(day).unwrap()).await.unwrap();
        }
        let (blocked, suspended) = (date!(2015 - 01 - 05), date!(2015 - 01 - 07));
        let open = [spell(Blocked, blocked, None), spell(Suspended, suspended, None)];
        assert_eq!(spells::between(&mut tx, id, MONTH.0, MONTH.1).await.unwrap(), open);
        spells::end(&mut tx, id, Blocked, date!(2015 - 01 - 09)).await.unwrap();
        let ended = [spell(Blocked, blocked, Some(date!(2015 - 01 - 09))), spell(Suspended, suspended, None)];
        assert_eq!(spells::between(&mut tx, id, MONTH.0, MONTH.1).await.unwrap(), ended);
        spells::end(&mut tx, id, Blocked, date!(2015 - 01 - 20)).await.unwrap();
        assert_eq!(spells::between(&mut tx, id, MONTH.0, MONTH.1).await.unwrap(), ended, "an end is not moved");
        let others = spells::between(&mut tx, other, MONTH.0, MONTH.1).await.unwrap();
        assert_eq!(others, [spell(Blocked, date!(2015 - 01 - 06), None)]);
    }

    async fn a_spell_without_a_day_leaves_no_trace(store) {
        let id = account(&store, "0000").await;
        let mut tx = store.write().await.unwrap();
        spells::begin(&mut tx, id, Suspended, date!(2015 - 01 - 05)).await.unwrap();
        spells::end(&mut tx, id, Suspended, date!(2015 - 01 - 04)).await.unwrap();
        assert_eq!(spells::between(&mut tx, id, MONTH.0, MONTH.1).await.unwrap(), []);
        spells::begin(&mut tx, id, Suspended, date!(2015 - 01 - 05)).await.unwrap();
        spells::end(&mut tx, id, Suspended, date!(2015 - 01 - 05)).await.unwrap();
        let one_day = [spell(Suspended, date!(2015 - 01 - 05), Some(date!(2015 - 01 - 05)))];
        assert_eq!(spells::between(&mut tx, id, MONTH.0, MONTH.1).await.unwrap(), one_day);
        spells::begin(&mut tx, id, Suspended, date!(2015 - 01 - 05)).await.unwrap();
        let reopened = [spell(Suspended, date!(2015 - 01 - 05), None)];
        assert_eq!(spells::between(&mut tx, id, MONTH.0, MONTH.1).await.unwrap(), reopened);
    }

    async fn a_month_is_touched_by_the_spells_that_reach_into_it(store) {
        let id = account(&store, "0000").await;
        let mut tx = store.write().await.unwrap();
        let lived = [
            (date!(2014 - 11 - 01), Some(date!(2014 - 12 - 31))),
            (date!(2015 - 01 - 01), Some(date!(2015 - 01 - 01))),
            (date!(2015 - 01 - 31), Some(date!(2015 - 02 - 03))),
            (date!(2015 - 02 - 05), None),
        ];
        for (first, last) in lived {
            spells::begin(&mut tx, id, Blocked, first).await.unwrap();
            if let Some(last) = last {
                spells::end(&mut tx, id, Blocked, last).await.unwrap();
            }
        }
        let touching: Vec<Spell> = lived[1..3].iter().map(|(first, last)| spell(Blocked, *first, *last)).collect();
        assert_eq!(spells::between(&mut tx, id, MONTH.0, MONTH.1).await.unwrap(), touching);
    }

    async fn spells_stream_by_account_and_day(store) {
        let mut ids = Vec::new();
        for number in 0..4 {
            ids.push(account(&store, &format!("{number}")).await);
        }
        ids.sort();
        let mut tx = store.write().await.unwrap();
        for id in &ids {
            spells::begin(&mut tx, *id, Suspended, date!(2015 - 01 - 07)).await.unwrap();
            spells::begin(&mut tx, *id, Blocked, date!(2015 - 01 - 05)).await.unwrap();
        }
        let of_one = [spell(Blocked, date!(2015 - 01 - 05), None), spell(Suspended, date!(2015 - 01 - 07), None)];
        let expected: Vec<_> = ids[1..3].iter().flat_map(|id| of_one.map(|spell| (*id, spell))).collect();
        assert_eq!(spells::stretch(&mut tx, ids[0], ids[2]).await.unwrap(), expected);
    }
}
