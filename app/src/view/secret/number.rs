//! The safety number: what two people compare, by reading it to each other or by holding a screen beside another.

use crate::{
    live::Live,
    secret::{self, chat::Chat, state::Trust},
    shape::{Part, act, part, parts, text, view},
};
use qrcodegen::{QrCode, QrCodeEcc};

/// Light around the code, in its own dots: scanners want four (ISO/IEC 18004).
const MARGIN: i32 = 4;

/// The number, and what one says to it.
pub fn draw(chat: &Chat, is_shown: Live<bool>) -> Part {
    let groups = chat.number.get_now();
    let code = code(&groups.concat());
    let name = &chat.peer.display_name;
    let trust = chat.trust.clone();
    let state = text(move || {
        match trust.get() {
            Trust::Verified => words::secret::number_verified(),
            Trust::Differs => words::secret::number_differed(),
            Trust::Unverified | Trust::Changed => words::secret::number_unverified(),
        }
        .into()
    });
    let decide = |is_same: bool| {
        let chat = chat.clone();
        act(move |_| {
            secret::acts::verify(&chat, is_same);
            is_shown.set(false);
        })
    };
    let of_known = chat.clone();
    let known = parts(move || {
        let (count, is_none) = of_known.known.with(|known| (known.count(), known.is_empty()));
        let of_forget = of_known.clone();
        let note =
            (count > 0).then(|| view! { <p class="secret-note">{words::secret::known(count as u64)}</p> });
        (!is_none).then(|| {
            part(view! {
                {note}
                <button class="button" type="button" on:click=act(move |_| secret::acts::forget(&of_forget))>
                    {words::secret::forget()}
                </button>
            })
        })
    });
    let groups: Vec<Part> =
        groups.into_iter().map(|group| part(view! { <span class="secret-group">{group}</span> })).collect();
    part(view! {
        <div class="secret-number">
            <h2>{words::secret::number()}</h2>
            <p class="secret-note">{words::secret::number_note(name)}</p>
            <p class="secret-digits">{groups}</p>
            {code}
            <p role="status">{state}</p>
            {known}
            <div class="secret-buttons">
                <button class="button" type="button" on:click=act(move |_| is_shown.set(false))>
                    {words::secret::back()}
                </button>
                <button class="button" type="button" on:click=decide(false)>
                    {words::secret::differ()}
                </button>
                <button class="button button-primary" type="button" on:click=decide(true)>
                    {words::secret::same()}
                </button>
            </div>
        </div>
    })
}

/// The digits as a QR code, one path. Nothing, if there were too many: there never are.
fn code(digits: &str) -> Option<Part> {
    let code = QrCode::encode_text(digits, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{},{}h1v1h-1z", x + MARGIN, y + MARGIN));
        }
    }
    let size = code.size() + 2 * MARGIN;
    let drawing = format!(
        "<svg viewBox=\"0 0 {size} {size}\" role=\"img\" aria-label=\"{}\" shape-rendering=\"crispEdges\"><path d=\"{path}\"/></svg>",
        words::secret::code()
    );
    Some(part(view! { <div class="secret-code" inner_html=drawing></div> }))
}
