//! The documents: what people wrote in them stays, and the tables and plots between marks such as `<!-- pairs -->` and `<!-- /pairs -->` are drawn from what
//! was measured.

use super::{
    SCENARIOS,
    figure::{Figure, round},
    goals::{self, Bound},
    plot,
    record::Record,
};
use anyhow::{Context, ensure};
use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

/// Which document a scenario stands in.
fn file(scenario: &str) -> &'static str {
    if scenario == "questions" { "design-questions.md" } else { "performance.md" }
}

/// Draws everything anew that was ever measured.
pub fn write(docs: &Path) -> anyhow::Result<()> {
    for scenario in SCENARIOS {
        let Some(record) = Record::read(docs, scenario)? else { continue };
        let path = docs.join(file(scenario));
        let text = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let drawn = match scenario {
            "questions" => questions(docs, &record)?,
            _ => format!("{}{}{}", setting(&record), table(&record.figures)?, plots(docs, &record)?),
        };
        fs::write(&path, put(&text, scenario, &drawn)?)?;
    }
    Ok(())
}

/// Copies the documents, without what was measured, to below a folder.
pub fn copy(docs: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let copy = folder.join("docs");
    fs::create_dir_all(&copy)?;
    for name in SCENARIOS.map(file) {
        fs::copy(docs.join(name), copy.join(name)).with_context(|| format!("{name} cannot be copied"))?;
    }
    Ok(copy)
}

/// Puts something between a scenario's marks.
fn put(text: &str, scenario: &str, drawn: &str) -> anyhow::Result<String> {
    let (begin, end) = (format!("<!-- {scenario} -->\n"), format!("<!-- /{scenario} -->"));
    let parts = text.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) = parts.with_context(|| format!("{} has no {begin}", file(scenario)))?;
    Ok(format!("{before}{begin}{drawn}{end}{after}"))
}

fn setting(record: &Record) -> String {
    let setting = &record.setting;
    let runs = record.figures.iter().map(|figure| figure.run).max().unwrap_or_default();
    let runs = if runs == 1 { "once".into() } else { format!("{runs} times") };
    format!(
        "Measured {runs}, {}, at {} on {}; {}.\n\n",
        setting.date, setting.commit, setting.machine, setting.postgres
    )
}

/// The values of all runs under one name.
struct Row<'a> {
    figure: &'a Figure,
    values: Vec<f64>,
}

impl Row<'_> {
    fn median(&self) -> f64 {
        let of = |place: usize| self.values.get(place).copied().unwrap_or_default();
        let half = self.values.len() / 2;
        if self.values.len().is_multiple_of(2) {
            (of(half.saturating_sub(1)) + of(half)) / 2.0
        } else {
            of(half)
        }
    }

    /// The worst of the runs: the least, where more is better.
    fn worst(&self, bound: Option<Bound>) -> f64 {
        let is_more_better = matches!(bound, Some(Bound::AtLeast(_))) || self.figure.unit.ends_with("second");
        let worst = if is_more_better { self.values.first() } else { self.values.last() };
        worst.copied().unwrap_or_default()
    }
}

/// In the order in which they were first measured.
fn rows(figures: &[Figure]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for figure in figures {
        let of = rows.iter_mut().find(|row| row.figure.case == figure.case && row.figure.name == figure.name);
        match of {
            Some(row) => row.values.push(figure.value),
            None => rows.push(Row { figure, values: vec![figure.value] }),
        }
    }
    rows.iter_mut().for_each(|row| row.values.sort_by(f64::total_cmp));
    rows
}

fn table(figures: &[Figure]) -> anyhow::Result<String> {
    let rows = rows(figures);
    ensure!(!rows.is_empty(), "a record without figures");
    let mut text = "| | | median | worst | goal | |\n| --- | --- | ---: | ---: | ---: | --- |\n".to_owned();
    let mut last_case = "";
    for (place, row) in rows.iter().enumerate() {
        let Figure { case, name, unit, .. } = row.figure;
        let smaller = rows[..place].iter().rev().find(|other| other.figure.name == *name).map(Row::median);
        let bound = goals::of(row.figure, smaller);
        let worst = row.worst(bound);
        let (goal, verdict) = match bound {
            Some(bound @ Bound::AtMost(most)) => (format!("≤ {}", round(most)), verdict(bound, worst)),
            Some(bound @ Bound::AtLeast(least)) => (format!("≥ {}", round(least)), verdict(bound, worst)),
            None => (String::new(), ""),
        };
        let shown_case = if case == last_case { "" } else { case };
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        writeln!(
            text,
            "| {shown_case} | {name} | {}{unit} | {} | {goal} | {verdict} |",
            round(row.median()),
            round(worst)
        )?;
        last_case = case;
    }
    text.push('\n');
    Ok(text)
}

fn verdict(bound: Bound, worst: f64) -> &'static str {
    if bound.is_met(worst) { "met" } else { "**missed**" }
}

/// What is worth a plot: one for each of these names, over the cases.
const PLOTTED: [(&str, &str); 7] = [
    ("idle", "server memory a connection"),
    ("pairs", "delivered, p99"),
    ("fan-out", "deliveries for a second of the server's CPU"),
    ("history", "a page, p99"),
    ("openings", "queries for the page of messages"),
    ("return", "until one is back and has caught up, p99"),
    ("account", "the first page"),
];

fn plots(docs: &Path, record: &Record) -> anyhow::Result<String> {
    let mut text = String::new();
    for (scenario, name) in PLOTTED {
        if scenario != record.scenario {
            continue;
        }
        let rows = rows(&record.figures);
        let bars: Vec<_> = rows
            .iter()
            .filter(|row| row.figure.name == name)
            .map(|row| (row.figure.case.as_str(), row.median()))
            .collect();
        let Some(unit) = rows.iter().find(|row| row.figure.name == name).map(|row| &row.figure.unit) else {
            continue;
        };
        if bars.len() > 1 {
            text += &plotted(docs, scenario, name, unit, &bars)?;
        }
    }
    Ok(text)
}

fn plotted(docs: &Path, file: &str, name: &str, unit: &str, bars: &[(&str, f64)]) -> anyhow::Result<String> {
    let title = if unit.is_empty() { name.to_owned() } else { format!("{name} ({unit})") };
    fs::write(docs.join("performance").join(format!("{file}.svg")), plot::bars(&title, bars))?;
    Ok(format!("![{title}](performance/{file}.svg)\n\n"))
}

/// A question a case prefix: what stands before the colon. Each has a table and a plot of its own.
fn questions(docs: &Path, record: &Record) -> anyhow::Result<String> {
    let mut by_question: BTreeMap<&str, Vec<Figure>> = BTreeMap::new();
    for figure in &record.figures {
        let (question, case) = figure.case.split_once(": ").unwrap_or((&figure.case, ""));
        by_question.entry(question).or_default().push(Figure { case: case.into(), ..figure.clone() });
    }
    let mut text = setting(record);
    for (question, figures) in by_question {
        let file = format!("question-{}", question.split_once('.').map_or(question, |(number, _)| number));
        writeln!(text, "### {question}\n")?;
        text += &table(&figures)?;
        let rows = rows(&figures);
        let Some(first) = rows.first().map(|row| row.figure) else { continue };
        let bars: Vec<_> = rows
            .iter()
            .filter(|row| row.figure.name == first.name)
            .map(|row| (row.figure.case.as_str(), row.median()))
            .collect();
        text += &plotted(docs, &file, &first.name, &first.unit, &bars)?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(case: &str, name: &str, run: u32, value: f64) -> Figure {
        Figure {
            scenario: "idle".into(),
            case: case.into(),
            name: name.into(),
            unit: "kB".into(),
            run,
            value,
        }
    }

    #[test]
    fn a_table_tells_the_median_and_the_worst_and_whether_that_will_do() {
        let name = "server memory a connection";
        let figures = [5.0, 7.0, 4.0].map(|value| figure("few", name, 1, value));
        let table = table(&figures).unwrap();
        assert!(
            table.contains(&format!("| few | {name} | 5.00 kB | 7.00 | ≤ 6.00 | **missed** |")),
            "{table}"
        );
        let even = [5.0, 7.0, 4.0, 1.0].map(|value| figure("few", name, 1, value));
        let even = super::table(&even).unwrap();
        assert!(even.contains("| 4.50 kB | 7.00 |"), "{even}");
    }

    #[test]
    fn what_people_wrote_stays() {
        let text = "Above.\n<!-- idle -->\nold\n<!-- /idle -->\nBelow.\n";
        assert_eq!(put(text, "idle", "new\n").unwrap(), text.replace("old", "new"));
        assert!(put(text, "pairs", "new").is_err());
    }
}
