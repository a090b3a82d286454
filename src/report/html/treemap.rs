//! Divides a rectangle into rectangles of given areas, as square as they can be (Bruls, Huizing and
//! van Wijk: Squarified Treemaps).

/// A rectangle, from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    fn shorter(&self) -> f64 {
        self.width.min(self.height)
    }
}

/// A rectangle for each weight, in their order. Weights are positive; the largest come first for a
/// good picture.
pub(super) fn squarify(weights: &[f64], within: Rect) -> Vec<Rect> {
    let total: f64 = weights.iter().sum();
    if total <= 0.0 || within.shorter() <= 0.0 {
        return vec![Rect { width: 0.0, height: 0.0, ..within }; weights.len()];
    }
    let scale = within.width * within.height / total;
    let areas: Vec<f64> = weights.iter().map(|weight| weight * scale).collect();
    let mut found = Vec::with_capacity(areas.len());
    let mut left = within;
    let mut start = 0;
    while start < areas.len() {
        let mut end = start + 1;
        let side = left.shorter();
        while end < areas.len()
            && worst(&areas[start..=end], side) <= worst(&areas[start..end], side)
        {
            end += 1;
        }
        left = lay(&areas[start..end], left, &mut found);
        start = end;
    }
    found
}

/// How far from square the worst of a row is; 1 is a square.
fn worst(row: &[f64], side: f64) -> f64 {
    let sum: f64 = row.iter().sum();
    let thickness = sum / side;
    let ratio = |area: f64| {
        let length = area / thickness;
        (length / thickness).max(thickness / length)
    };
    row.iter().map(|&area| ratio(area)).fold(1.0, f64::max)
}

/// Lays a row along the shorter side; what is left comes back.
fn lay(row: &[f64], within: Rect, found: &mut Vec<Rect>) -> Rect {
    let sum: f64 = row.iter().sum();
    let Rect { mut x, mut y, width, height } = within;
    if height <= width {
        let thickness = if height > 0.0 { sum / height } else { 0.0 };
        for area in row {
            let length = if thickness > 0.0 { area / thickness } else { 0.0 };
            found.push(Rect { x, y, width: thickness, height: length });
            y += length;
        }
        Rect { x: x + thickness, width: (width - thickness).max(0.0), ..within }
    } else {
        let thickness = if width > 0.0 { sum / width } else { 0.0 };
        for area in row {
            let length = if thickness > 0.0 { area / thickness } else { 0.0 };
            found.push(Rect { x, y, width: length, height: thickness });
            x += length;
        }
        Rect { y: within.y + thickness, height: (height - thickness).max(0.0), ..within }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAPER: Rect = Rect { x: 0.0, y: 0.0, width: 600.0, height: 400.0 };

    #[test]
    fn the_example_of_the_paper() {
        let cells = squarify(&[6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0], PAPER);
        assert_eq!(cells[0], Rect { x: 0.0, y: 0.0, width: 300.0, height: 200.0 });
        assert_eq!(cells[1], Rect { x: 0.0, y: 200.0, width: 300.0, height: 200.0 });
        assert!((cells[2].width / cells[2].height - 12.0 / 14.0 * 1.5).abs() < 0.8, "{cells:?}");
    }

    #[test]
    fn nothing_is_divided_into_nothing() {
        assert!(squarify(&[], PAPER).is_empty());
        assert_eq!(squarify(&[1.0], Rect { width: 0.0, ..PAPER })[0].width, 0.0);
    }

    proptest::proptest! {
        #[test]
        fn areas_are_as_asked_and_stay_within(weights in proptest::collection::vec(1.0..1000.0_f64, 1..60)) {
            let total: f64 = weights.iter().sum();
            let cells = squarify(&weights, PAPER);
            assert_eq!(cells.len(), weights.len());
            for (cell, weight) in cells.iter().zip(&weights) {
                let area = cell.width * cell.height;
                assert!((area - weight / total * 240_000.0).abs() < 1e-3, "{cell:?}");
                assert!(-1e-6 <= cell.x && cell.x + cell.width <= 600.0 + 1e-6, "{cell:?}");
                assert!(-1e-6 <= cell.y && cell.y + cell.height <= 400.0 + 1e-6, "{cell:?}");
            }
        }
    }
}
