//! A plot as SVG: bars that lie, each with its name and its value, readable on white and on black.

use super::figure::round;
use std::fmt::Write;

const WIDTH: f64 = 720.0;
const ROW: f64 = 26.0;
const TOP: f64 = 40.0;
const LABEL: f64 = 330.0;
const VALUE: f64 = 80.0;

/// Bars under a title.
pub fn bars(title: &str, bars: &[(&str, f64)]) -> String {
    let longest = bars.iter().map(|(_, value)| *value).fold(f64::MIN_POSITIVE, f64::max);
    let height = TOP + ROW * bars.len() as f64 + 8.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\n\
         <style>text {{ fill: #24292f }} @media (prefers-color-scheme: dark) {{ text {{ fill: #e6edf3 }} }}</style>\n\
         <text x=\"8\" y=\"22\" font-weight=\"600\">{}</text>\n",
        escaped(title)
    );
    for (place, (name, value)) in bars.iter().enumerate() {
        let y = TOP + ROW * place as f64;
        let width = (WIDTH - LABEL - VALUE) * value / longest;
        // Writing to a string cannot fail.
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
             <rect x=\"{LABEL}\" y=\"{}\" width=\"{width:.1}\" height=\"18\" rx=\"3\" fill=\"#5b6ee1\"/>\
             <text x=\"{:.1}\" y=\"{}\">{}</text>",
            LABEL - 10.0,
            y + 14.0,
            escaped(name),
            y,
            LABEL + width + 8.0,
            y + 14.0,
            round(*value)
        );
    }
    svg + "</svg>\n"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_has_all_the_room_and_words_stay_words() {
        let svg = bars("a < b & c", &[("one", 1.0), ("two", 2.0)]);
        assert!(svg.contains("a &lt; b &amp; c"));
        assert!(svg.contains("width=\"310.0\"") && svg.contains("width=\"155.0\""), "{svg}");
    }
}
