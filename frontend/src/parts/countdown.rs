//! The time a Turbo has left: hours, minutes and seconds, and a bar of its hours.

use crate::browser;
use crate::clock;
use crate::i18n::{plural, t};
use crate::parts::live;
use cabinet_contract::services::TurboRun;
use leptos::prelude::*;
use std::time::Duration;
use time::OffsetDateTime;

/// More pieces than this would be too thin to count.
const MOST_PIECES: i64 = 24;

/// The panel; `at` is the server's moment the runs were read at, `over` is told when the last of them ends.
pub fn view(runs: &[TurboRun], at: OffsetDateTime, over: impl Fn() + 'static) -> Option<AnyView> {
    let (first, last) = (runs.first()?, runs.last()?);
    // Clocks differ: what counts is how long ago the answer came.
    let read = browser::now();
    let (total, left) = ((last.ends_at - first.starts_at).whole_seconds(), (last.ends_at - at).whole_seconds());
    let seconds = RwSignal::new(left);
    tick(seconds, move || left - (browser::now() - read).whole_seconds(), over);
    let until = t!(services.turbo_until, time = clock::instant(last.ends_at));
    let of = match runs {
        [one] if one.free => format!("{}, {}", plural!(services.of_hours, total / 3600), t!(services.is_free)),
        _ => plural!(services.of_hours, total / 3600),
    };
    let pieces = (total / 3600).clamp(1, MOST_PIECES);
    let bar = live(move || {
        let gone = total - seconds.get();
        let piece = |number: i64| {
            let share = (gone * pieces - number * total) * 100 / total.max(1);
            view! { <i style:--gone=format!("{}%", share.clamp(0, 100))></i> }
        };
        (0..pieces).map(piece).collect_view()
    });
    Some(
        view! {
            <div class="countdown">
                <div class="row row--between">
                    <span class="countdown__t num" role="timer" aria-label=t!(services.left)>
                        {live(move || written(seconds.get()))}
                    </span>
                    <p>{until}<br/>{of}</p>
                </div>
                <div class="countdown__bar" aria-hidden="true">{bar}</div>
            </div>
        }
        .into_any(),
    )
}

/// `1:42:18`.
fn written(seconds: i64) -> String {
    let seconds = seconds.max(0);
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Counts down every second, as long as it is shown.
fn tick(seconds: RwSignal<i64>, left: impl Fn() -> i64 + 'static, over: impl Fn() + 'static) {
    set_timeout(
        move || {
            if seconds.try_set(left()).is_some() {
                return;
            }
            if seconds.get_untracked() > 0 { tick(seconds, left, over) } else { over() }
        },
        Duration::from_secs(1),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_reads_like_a_clock() {
        assert_eq!(written(6138), "1:42:18");
        assert_eq!(written(86_400), "24:00:00");
        assert_eq!((written(59), written(-3)), ("0:00:59".to_owned(), "0:00:00".to_owned()));
    }
}
