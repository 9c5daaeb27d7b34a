//! What a page looks like where its QR code is: filled shapes, painted one over another, and the code read from them.

/// Points of a closed line.
type Ring = Vec<(f32, f32)>;

/// A filled shape.
pub struct Shape {
    /// Whether it is dark rather than light.
    dark: bool,
    rings: Vec<Ring>,
}

/// Straight pieces that a curve is read as.
const PIECES: u8 = 8;
/// Pixels of a module.
const PIXELS: f32 = 5.0;

/// The shapes a content stream fills, in order.
pub fn shapes(content: &str) -> Vec<Shape> {
    let (mut shapes, mut numbers, mut rings, mut dark) = (Vec::new(), Vec::new(), Vec::<Ring>::new(), true);
    for word in content.split_whitespace() {
        if let Ok(number) = word.parse::<f32>() {
            numbers.push(number);
            continue;
        }
        match (word, &numbers[..]) {
            ("rg", [red, green, blue]) => dark = red + green + blue < 1.5,
            ("m", [x, y]) => rings.push(vec![(*x, *y)]),
            ("l", [x, y]) => rings.last_mut().expect("a line goes on").push((*x, *y)),
            ("c", [a, b, c, d, x, y]) => {
                let ring = rings.last_mut().expect("a curve goes on");
                let start = *ring.last().expect("from somewhere");
                ring.extend((1..=PIECES).map(|piece| bent(start, [(*a, *b), (*c, *d), (*x, *y)], piece)));
            }
            ("f" | "f*", _) => shapes.push(Shape { dark, rings: std::mem::take(&mut rings) }),
            ("n" | "S" | "s" | "B" | "Q", _) => rings.clear(),
            _ => {}
        }
        numbers.clear();
    }
    shapes
}

/// A point of a cubic curve.
fn bent(start: (f32, f32), [one, two, end]: [(f32, f32); 3], piece: u8) -> (f32, f32) {
    let t = f32::from(piece) / f32::from(PIECES);
    let of = |a: f32, b: f32, c: f32, d: f32| {
        let u = 1.0 - t;
        u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d
    };
    (of(start.0, one.0, two.0, end.0), of(start.1, one.1, two.1, end.1))
}

/// The box around a ring: left, top, right, bottom.
fn around(ring: &Ring) -> [f32; 4] {
    ring.iter().fold([f32::MAX, f32::MAX, f32::MIN, f32::MIN], |[left, top, right, bottom], (x, y)| {
        [left.min(*x), top.min(*y), right.max(*x), bottom.max(*y)]
    })
}

/// Whether a point lies inside of a ring.
fn holds(ring: &Ring, x: f32, y: f32) -> bool {
    let crosses = |((ax, ay), (bx, by)): (&(f32, f32), &(f32, f32))| {
        (*ay > y) != (*by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax
    };
    ring.iter().zip(ring.iter().cycle().skip(1)).filter(|pair| crosses(*pair)).count() % 2 == 1
}

/// Where the code is among the shapes: the one of the most pieces.
fn place_of_code(shapes: &[Shape]) -> usize {
    (0..shapes.len()).max_by_key(|place| shapes[*place].rings.len()).expect("there are shapes")
}

/// The box around everything a shape fills.
fn whole(shape: &Shape) -> [f32; 4] {
    around(&shape.rings.concat())
}

/// What is painted over the code: a light disc, a dark one inside it, a light sign. Answers how wide each disc is in parts of
/// the code; they have the code's centre.
pub fn read_mark(shapes: &[Shape]) -> [f32; 2] {
    let place = place_of_code(shapes);
    let [left, top, right, bottom] = whole(&shapes[place]);
    let mark = &shapes[place + 1..place + 4];
    assert_eq!(mark.iter().map(|shape| shape.dark).collect::<Vec<_>>(), [false, true, false], "disc, disc, sign");
    assert!(!mark[2].rings.is_empty() && mark[2].rings.iter().all(|ring| ring.len() > 2), "the sign is drawn");
    [0, 1].map(|disc| {
        let [l, t, r, b] = whole(&mark[disc]);
        let off = ((l + r) - (left + right)).abs().max(((t + b) - (top + bottom)).abs());
        assert!(off < (right - left) / 100.0, "the disc lies {off} off");
        (r - l) / (right - left)
    })
}

/// The text of the code among the shapes: the one of the most pieces, with whatever was painted over it.
pub fn read_code(shapes: &[Shape]) -> String {
    let place = place_of_code(shapes);
    let boxes: Vec<[f32; 4]> = shapes[place].rings.iter().map(around).collect();
    let edge = |of: fn(f32, f32) -> f32, side: usize| boxes.iter().map(|one| one[side]).reduce(of).expect("pieces");
    let module = boxes.iter().map(|one| one[3] - one[1]).reduce(f32::min).expect("pieces");
    let (left, top) = (edge(f32::min, 0) - 4.0 * module, edge(f32::min, 1) - 4.0 * module);
    let (right, bottom) = (edge(f32::max, 2) + 4.0 * module, edge(f32::max, 3) + 4.0 * module);
    let step = module / PIXELS;
    let (width, height) = (((right - left) / step).round() as usize, ((bottom - top) / step).round() as usize);
    assert!(width == height && width > 300, "{width} by {height}");
    let mut pixels = vec![false; width * height];
    for shape in &shapes[place..] {
        let mut touched = vec![false; width * height];
        for ring in &shape.rings {
            let [l, t, r, b] = around(ring);
            let pixel = |at: f32, from: f32, most: usize| (((at - from) / step).max(0.0) as usize).min(most);
            for y in pixel(t, top, height)..(pixel(b, top, height) + 1).min(height) {
                for x in pixel(l, left, width)..(pixel(r, left, width) + 1).min(width) {
                    let inside = holds(ring, left + (x as f32 + 0.5) * step, top + (y as f32 + 0.5) * step);
                    touched[y * width + x] ^= inside;
                }
            }
        }
        for (pixel, _) in pixels.iter_mut().zip(touched).filter(|(_, touched)| *touched) {
            *pixel = shape.dark;
        }
    }
    let mut picture =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| if pixels[y * width + x] { 0 } else { 255 });
    let grids = picture.detect_grids();
    assert_eq!(grids.len(), 1, "one code is on the page");
    grids[0].decode().expect("it can be read").1
}
