//! The icons: shapes of Lucide (ISC licence, Copyright (c) 2026 Lucide Icons and Contributors), each as one path.

use crate::shape::{Part, view};

/// One of them. They are constants, so that each comes with what shows it.
#[derive(Clone, Copy, Debug)]
pub struct Icon {
    path: &'static str,
    class: &'static str,
}

/// One that is the same whichever way the words run.
const fn icon(path: &'static str) -> Icon {
    Icon { path, class: "icon" }
}

/// One that points where the words run to, or come from.
const fn flipping(path: &'static str) -> Icon {
    Icon { path, class: "icon icon-flips" }
}

#[rustfmt::skip]
impl Icon {
    pub const SEND: Self = flipping("M3.714 3.048a.498.498 0 0 0-.683.627l2.843 7.627a2 2 0 0 1 0 1.396l-2.842 7.627a.498.498 0 0 0 .682.627l18-8.5a.5.5 0 0 0 0-.904zM6 12h16");
    pub const BACK: Self = flipping("m12 19-7-7 7-7M19 12H5");
    pub const DOWN: Self = icon("M12 5v14m7-7-7 7-7-7");
    pub const UP: Self = icon("m5 12 7-7 7 7m-7 7V5");
    pub const CHECK: Self = icon("M20 6 9 17l-5-5");
    pub const CHECKS: Self = icon("M18 6 7 17l-5-5M22 10l-7.5 7.5L13 16");
    pub const CLOCK: Self = icon("M2 12a10 10 0 1 0 20 0a10 10 0 1 0-20 0M12 6v6l4 2");
    pub const ALERT: Self = icon("M2 12a10 10 0 1 0 20 0a10 10 0 1 0-20 0M12 8v4M12 16h.01");
    pub const WRITE: Self = icon("M12 3H5a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2v-7M18.375 2.625a1 1 0 0 1 3 3l-9.013 9.014a2 2 0 0 1-.853.505l-2.873.84a.5.5 0 0 1-.62-.62l.84-2.873a2 2 0 0 1 .506-.852z");
    pub const PEOPLE: Self = icon("M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2M16 3.128a4 4 0 0 1 0 7.744M22 21v-2a4 4 0 0 0-3-3.87M5 7a4 4 0 1 0 8 0a4 4 0 1 0-8 0");
    pub const INFO: Self = icon("M2 12a10 10 0 1 0 20 0a10 10 0 1 0-20 0M12 16v-4M12 8h.01");
    pub const LEAVE: Self = flipping("m16 17 5-5-5-5M21 12H9M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4");
    pub const CLOSE: Self = icon("M18 6 6 18M6 6l12 12");
    pub const PLUS: Self = icon("M5 12h14M12 5v14");
    pub const BUBBLE: Self = icon("M2.992 16.342a2 2 0 0 1 .094 1.167l-1.065 3.29a1 1 0 0 0 1.236 1.168l3.413-.998a2 2 0 0 1 1.099.092 10 10 0 1 0-4.777-4.719");
    pub const OFFLINE: Self = icon("M12 20h.01M8.5 16.429a5 5 0 0 1 7 0M5 12.859a10 10 0 0 1 5.17-2.69M19 12.859a10 10 0 0 0-2.007-1.523M2 8.82a15 15 0 0 1 4.177-2.643M22 8.82a15 15 0 0 0-11.288-3.764M2 2l20 20");
    pub const MORE: Self = icon("M5 12h.01M12 12h.01M19 12h.01");
    pub const FILE: Self = icon("M14.5 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V7.500zM14 2v4a2 2 0 0 0 2 2h4");
    pub const PIN: Self = icon("M12 17v5M9 10.76a2 2 0 0 1-1.11 1.79l-1.78.9A2 2 0 0 0 5 15.24V16a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1v-.76a2 2 0 0 0-1.11-1.79l-1.78-.9A2 2 0 0 1 15 10.76V7a1 1 0 0 1 1-1 2 2 0 0 0 0-4H8a2 2 0 0 0 0 4 1 1 0 0 1 1 1z");
    pub const MUTE: Self = icon("M10.268 21a2 2 0 0 0 3.464 0M17 17H4a1 1 0 0 1-.74-1.673C4.59 13.956 6 12.499 6 8a6 6 0 0 1 .258-1.742M2 2l20 20M8.668 3.01A6 6 0 0 1 18 8c0 2.687.77 4.653 1.707 6.05");
    pub const BLOCK: Self = icon("M5.6 5.6l12.8 12.8M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0");
    pub const BELL: Self = icon("M10.268 21a2 2 0 0 0 3.464 0M3.262 15.326A1 1 0 0 0 4 17h16a1 1 0 0 0 .74-1.673C19.41 13.956 18 12.499 18 8A6 6 0 0 0 6 8c0 4.499-1.411 5.956-2.738 7.326");
    pub const ARCHIVE: Self = icon("M3 3h18a1 1 0 0 1 1 1v3a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1M4 8v11a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8M10 12h4");
    pub const COPY: Self = icon("M10 8h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H10a2 2 0 0 1-2-2V10a2 2 0 0 1 2-2zM4 16a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2");
    pub const BIN: Self = icon("M10 11v6M14 11v6M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6M3 6h18M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2");
    pub const ATTACH: Self = icon("m16 6-8.414 8.586a2 2 0 0 0 2.829 2.829l8.414-8.586a4 4 0 1 0-5.657-5.657l-8.379 8.551a6 6 0 1 0 8.485 8.485l8.379-8.551");
    pub const REPLY: Self = flipping("m9 17-5-5 5-5M20 18v-2a4 4 0 0 0-4-4H4");
    pub const LINK: Self = icon("M10 13a5 5 0 0 0 7.54.54l3-3a5 5 0 0 0-7.07-7.07l-1.72 1.71M14 11a5 5 0 0 0-7.54-.54l-3 3a5 5 0 0 0 7.07 7.07l1.71-1.71");
    pub const SMILE: Self = icon("M2 12a10 10 0 1 0 20 0a10 10 0 1 0-20 0M8 14s1.5 2 4 2 4-2 4-2M9 9h.01M15 9h.01");
    pub const FORWARD: Self = flipping("m15 17 5-5-5-5M4 18v-2a4 4 0 0 1 4-4h12");
    pub const CALENDAR: Self = icon("M8 2v4M16 2v4M3 10h18M5 4h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z");
    pub const PICTURE: Self = icon("M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2M7 9a2 2 0 1 0 4 0a2 2 0 1 0-4 0m14 6-3.086-3.086a2 2 0 0 0-2.828 0L6 21");
    pub const LOCK: Self = icon("M5 11h14a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2zM7 11V7a5 5 0 0 1 10 0v4");
    pub const SHIELD: Self = icon("M20 13c0 5-3.500 7.500-7.660 8.950a1 1 0 0 1-.670-.010C7.500 20.500 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.500-1.200 6.240-2.720a1.170 1.170 0 0 1 1.520 0C14.510 3.810 17 5 19 5a1 1 0 0 1 1 1zM9 12l2 2 4-4");
    pub const MINIMISE: Self = icon("M5 19h14");
}

impl Icon {
    /// The same as HTML.
    pub fn html(self) -> String {
        let (start, end) =
            ("<svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"", "\"></path></svg>");
        [start, self.path, end].concat()
    }

    /// Drawn, in the colour of the text around it. It is silent: what it stands beside says the word.
    pub fn draw(self) -> Part {
        view! {
            <svg class=self.class viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
                <path d=self.path />
            </svg>
        }
    }
}
