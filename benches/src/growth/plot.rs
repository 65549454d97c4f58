//! The curves, as an SVG.

use std::path::Path;

use plotters::prelude::*;

/// One database's curves.
#[derive(Debug)]
pub struct Panel {
    /// Its heading.
    pub name: String,
    /// The curves.
    pub lines: Vec<Line>,
}

/// One request's latency over the number of tenants.
#[derive(Debug)]
pub struct Line {
    /// What the legend calls it.
    pub name: String,
    /// Tenants, and microseconds.
    pub points: Vec<(f64, f64)>,
}

/// Pixels of one panel.
const SIZE: (u32, u32) = (480, 400);

const COLOURS: [RGBColor; 4] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
];

/// Draws the panels beside each other, both axes logarithmic.
pub fn draw(file: &Path, panels: &[Panel]) {
    if panels.is_empty() {
        return;
    }
    let count = u32::try_from(panels.len()).expect("a few");
    let root = SVGBackend::new(file, (SIZE.0 * count, SIZE.1)).into_drawing_area();
    root.fill(&WHITE).expect("to draw");
    for (area, panel) in root.split_evenly((1, panels.len())).iter().zip(panels) {
        draw_panel(area, panel);
    }
    root.present().expect("to write the picture");
}

fn draw_panel(area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>, panel: &Panel) {
    let all = || panel.lines.iter().flat_map(|line| &line.points);
    let most = all().map(|point| point.0).fold(10.0, f64::max);
    let least = all().map(|point| point.0).fold(most, f64::min);
    let low = all().map(|point| point.1).fold(f64::INFINITY, f64::min);
    let high = all().map(|point| point.1).fold(1.0, f64::max);
    let x = (least / 2.0..most * 2.0).log_scale();
    let y = (low / 2.0..high * 8.0).log_scale();
    let mut chart = ChartBuilder::on(area)
        .caption(&panel.name, ("sans-serif", 18))
        .margin(10)
        .x_label_area_size(40)
        .y_label_area_size(65)
        .build_cartesian_2d(x, y)
        .expect("axes");
    let number = |value: &f64| format!("{value:.0}");
    let mesh = chart
        .configure_mesh()
        .x_desc("tenants")
        .y_desc("p50, microseconds")
        .x_label_formatter(&number)
        .y_label_formatter(&number)
        .light_line_style(TRANSPARENT)
        .draw();
    mesh.expect("a mesh");
    for (line, colour) in panel.lines.iter().zip(COLOURS) {
        let series = LineSeries::new(line.points.iter().copied(), colour.stroke_width(2));
        let drawn = chart.draw_series(series.point_size(3)).expect("a curve");
        drawn
            .label(&line.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
    }
    let legend = chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.9))
        .border_style(BLACK.mix(0.3))
        .draw();
    legend.expect("a legend");
}
