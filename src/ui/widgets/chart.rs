//! Plots that are looked at: no zoom, no drag, no wheel, in our colours, with a name that says their figures in words.

use egui::accesskit::Role;
use egui::{Pos2, Sense, Ui, Vec2, WidgetInfo};
use egui_plot::{AxisHints, GridMark, Plot, PlotBounds, PlotPoint, PlotUi};

use crate::ui::theme::{self, fonts, tokens};

/// What a plot shows of its plane, and the marks on its axes.
pub(crate) struct Chart<'a> {
    /// Tells it from other plots of the window.
    pub(crate) id: &'a str,
    /// Its figures in words.
    pub(crate) name: &'a str,
    pub(crate) size: Vec2,
    pub(crate) x: (f64, f64),
    pub(crate) y: (f64, f64),
    /// Marks below, with their words.
    pub(crate) x_marks: Vec<(f64, String)>,
    /// Marks at the left, each with a line across. None: no axis there.
    pub(crate) y_marks: Vec<(f64, String)>,
}

impl Chart<'_> {
    /// Draw it. The place under the pointer, where there is one.
    pub(crate) fn show<'p>(self, ui: &mut Ui, items: impl FnOnce(&mut PlotUi<'p>) + 'p) -> Option<PlotPoint> {
        let t = theme::of(ui);
        let Self { id, name, size, x, y, x_marks, y_marks } = self;
        let bounds = PlotBounds::from_min_max([x.0, y.0], [x.1, y.1]);
        let has_y = !y_marks.is_empty();
        // Words in the corners would stand out of the plot.
        let edge = (x.1 - x.0) * 0.03;
        let x_marks: Vec<(f64, String)> = x_marks
            .into_iter()
            .filter(|(value, _)| *value > x.0 + edge && *value < x.1 - edge || *value == 0.0)
            .collect();
        let axis = |hints: AxisHints<'static>, marks: &[(f64, String)]| {
            let marks = marks.to_vec();
            let words = move |mark: GridMark, _: &std::ops::RangeInclusive<f64>| {
                marks
                    .iter()
                    .find(|(value, _)| *value == mark.value)
                    .map_or_else(String::new, |(_, words)| words.clone())
            };
            hints.formatter(words).tick_label_font(fonts::regular(tokens::META.0)).tick_label_color(t.text3)
        };
        let spacer = |marks: &[(f64, String)], range: (f64, f64)| {
            // One and the same strength for all of them.
            let step_size = range.1 - range.0;
            let marks: Vec<GridMark> = marks.iter().map(|(value, _)| GridMark { value: *value, step_size }).collect();
            move |_| marks.clone()
        };
        let plot = Plot::new(id)
            .width(size.x)
            .height(size.y)
            .sense(Sense::hover())
            .allow_zoom(false)
            .allow_drag(false)
            .allow_scroll(false)
            .allow_boxed_zoom(false)
            .allow_double_click_reset(false)
            .allow_axis_zoom_drag(false)
            .show_background(false)
            .show_x(false)
            .show_y(false)
            .show_axes([true, has_y])
            .show_grid([false, has_y])
            .grid_color(t.stroke)
            .grid_fade(0.0)
            .x_grid_spacer(spacer(&x_marks, x))
            .y_grid_spacer(spacer(&y_marks, y))
            .custom_x_axes(vec![axis(AxisHints::new_x().min_thickness(20.0), &x_marks)])
            .custom_y_axes(vec![axis(AxisHints::new_y().min_thickness(42.0), &y_marks)])
            .set_margin_fraction(Vec2::ZERO);
        let shown = plot.show(ui, move |plot| {
            plot.set_plot_bounds(bounds);
            items(plot);
        });
        shown.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
        let pointer: Option<Pos2> = shown.response.hover_pos();
        pointer.map(|at| shown.transform.value_from_position(at))
    }
}

/// Round values from `low` to `high`, about so many, and how many places they take.
pub(crate) fn round_marks(low: f64, high: f64, about: usize) -> (Vec<f64>, usize) {
    let span = high - low;
    if !(span.is_finite() && span > 0.0) {
        return (Vec::new(), 0);
    }
    let rough = span / about.max(1) as f64;
    let power = 10.0_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= rough * 0.999);
    let step = step.unwrap_or(power * 10.0);
    let first = (low / step).ceil() as i64;
    let last = (high / step).floor() as i64;
    let marks = (first..=last).take(64).map(|index| index as f64 * step).collect();
    let places = (0..6).find(|places| (step * 10.0_f64.powi(*places)).fract().abs() < 1e-6).unwrap_or(2);
    (marks, places as usize)
}

#[cfg(test)]
mod tests {
    use super::round_marks;

    #[test]
    fn marks_stand_at_round_values() {
        for (low, high, about, marks, places) in [
            (-6.4, 6.1, 6, vec![-5.0, -2.5, 0.0, 2.5, 5.0], 1),
            (-6.4, 6.1, 5, vec![-5.0, -2.5, 0.0, 2.5, 5.0], 1),
            (0.0, 1.0, 2, vec![0.0, 0.5, 1.0], 1),
            (0.0, 412.0, 4, vec![0.0, 200.0, 400.0], 0),
            (1.0, 1.0, 4, vec![], 0),
            (0.0, f64::INFINITY, 4, vec![], 0),
        ] {
            assert_eq!(round_marks(low, high, about), (marks, places), "{low} {high} {about}");
        }
    }
}
