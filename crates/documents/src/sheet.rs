//! Laying out: blocks one under another on A4 pages, measured before they are drawn, and the structure a screen reader
//! walks.
//!
//! Lengths are points, 1/72 inch, from the upper left corner.

use crate::face::{Weight, printable, wrap};
use crate::qr::{Code, QUIET};
use krilla::tagging::{ListNumbering, Tag, TagKind};

/// Width of A4.
pub(crate) const PAGE_WIDTH: f32 = 595.28;
/// Height of A4.
pub(crate) const PAGE_HEIGHT: f32 = 841.89;
/// Left and right of the text.
pub(crate) const MARGIN: f32 = 51.0;
/// Width of the text.
pub(crate) const WIDTH: f32 = PAGE_WIDTH - 2.0 * MARGIN;
const TOP: f32 = 42.0;
const BOTTOM: f32 = PAGE_HEIGHT - 54.0;
/// A line's height in parts of the size of its letters.
const LEADING: f32 = 1.36;
/// From the top of a line to its baseline, likewise.
const BASELINE: f32 = 1.06;
/// Above and below the text of a table's cell.
const CELL: f32 = 3.2;
/// Left and right of it.
const CELL_SIDE: f32 = 5.0;
/// A millimetre.
pub(crate) const MM: f32 = 72.0 / 25.4;

/// A colour, red, green and blue.
pub(crate) type Ink = [u8; 3];
/// Running text.
pub(crate) const INK: Ink = [0x10, 0x24, 0x2c];
/// Labels.
pub(crate) const PALE: Ink = [0x56, 0x69, 0x70];
/// The provider's name and what is to be seen first.
pub(crate) const ACCENT: Ink = [0x0b, 0x5d, 0x6b];
/// Rules.
pub(crate) const LINE: Ink = [0xc4, 0xd0, 0xce];
/// Behind sums.
pub(crate) const SOFT: Ink = [0xee, 0xf3, 0xf2];

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) size: f32,
    pub(crate) weight: Weight,
    pub(crate) ink: Ink,
}

/// Running text.
pub(crate) const BODY: Style = Style { size: 9.0, weight: Weight::Regular, ink: INK };
/// Running text to be seen.
pub(crate) const STRONG: Style = Style { weight: Weight::Bold, ..BODY };
/// Remarks.
pub(crate) const SMALL: Style = Style { size: 8.0, weight: Weight::Regular, ink: PALE };
/// The provider's name.
pub(crate) const BRAND: Style = Style { size: 12.0, weight: Weight::Bold, ink: ACCENT };

impl Style {
    fn line(self) -> f32 {
        self.size * LEADING
    }
}

/// A piece of a document.
#[derive(Clone, Debug)]
pub(crate) enum Block {
    /// A heading: 1 is the document's, 2 a part's.
    Heading(u16, String),
    /// A paragraph.
    Text(String, Style),
    /// What is called how, in two columns, the first as wide as its labels.
    Fields(Vec<(String, String)>),
    /// A list.
    Bullets(Vec<String>),
    /// Nothing, so high.
    Gap(f32),
    /// A rule across.
    Rule,
    /// A QR code so wide with its quiet zone, and what it is for those who do not see it.
    Code(f32, Code, String),
}

/// On which side of its column a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) heading: String,
    /// Points; 0 takes what the others leave.
    pub(crate) width: f32,
    pub(crate) align: Align,
}

/// How a row looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// A line of many.
    Plain,
    /// A sum of lines.
    Sum,
    /// What the table is for.
    Total,
}

/// A row of a table: its cells' texts and how many columns each takes.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) look: Look,
    pub(crate) cells: Vec<(String, usize)>,
}

/// What is drawn, on a page.
pub(crate) struct Mark {
    pub(crate) page: usize,
    /// The part of the structure it belongs to; rules and repeated headings to none.
    pub(crate) part: Option<usize>,
    pub(crate) shape: Shape,
}

/// What is drawn.
pub(crate) enum Shape {
    /// A line of text from its baseline's left end.
    Text { x: f32, y: f32, style: Style, text: String },
    /// A filled rectangle.
    Fill { x: f32, y: f32, width: f32, height: f32, ink: Ink },
    /// A QR code with its quiet zone.
    Code { x: f32, y: f32, side: f32, code: Code },
}

/// A part of the structure.
pub(crate) struct Part {
    pub(crate) tag: TagKind,
    pub(crate) children: Vec<Child>,
}

/// What a part holds, in reading order.
pub(crate) enum Child {
    Part(usize),
    Mark(usize),
}

/// A document being laid out.
pub(crate) struct Sheet {
    pub(crate) title: String,
    pub(crate) marks: Vec<Mark>,
    pub(crate) parts: Vec<Part>,
    /// Parts that stand at the top of the structure.
    pub(crate) roots: Vec<usize>,
    /// Headings, their page and height, for the outline.
    pub(crate) headings: Vec<(String, usize, f32)>,
    /// Pages begun.
    pub(crate) pages: usize,
    open: Vec<usize>,
    y: f32,
}

impl Sheet {
    /// The first page of a document.
    pub(crate) fn new(title: String) -> Sheet {
        Sheet {
            title: printable(&title),
            marks: Vec::new(),
            parts: Vec::new(),
            roots: Vec::new(),
            headings: Vec::new(),
            pages: 1,
            open: Vec::new(),
            y: TOP,
        }
    }

    /// Goes to the next page.
    pub(crate) fn break_page(&mut self) {
        self.pages += 1;
        self.y = TOP;
    }

    /// Goes to the next page if so much does not fit on this one.
    pub(crate) fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.break_page();
        }
    }

    /// Sets a block under the last one.
    pub(crate) fn add(&mut self, block: Block) {
        match block {
            Block::Text(text, style) => {
                self.open(Tag::P.into());
                for line in lines(&text, style, WIDTH) {
                    self.need(style.line());
                    self.text(MARGIN, self.y, line, style);
                    self.y += style.line();
                }
                self.close();
            }
            Block::Gap(height) => self.y += height,
            // A heading stays with what follows it.
            Block::Heading(..) => {
                self.need(height(&block, WIDTH) + 40.0);
                self.set(block, MARGIN, WIDTH);
            }
            _ => {
                self.need(height(&block, WIDTH));
                self.set(block, MARGIN, WIDTH);
            }
        }
    }

    /// Sets two columns of blocks side by side, the left one so wide.
    pub(crate) fn add_beside(&mut self, left_width: f32, left: Vec<Block>, right: Vec<Block>) {
        const GUTTER: f32 = 20.0;
        let right_width = WIDTH - left_width - GUTTER;
        let of = |blocks: &[Block], width| blocks.iter().map(|block| height(block, width)).sum::<f32>();
        let tallest = of(&left, left_width).max(of(&right, right_width));
        self.need(tallest);
        let (page, top) = (self.pages, self.y);
        let mut end = (page, top);
        for (blocks, x, width) in [(left, MARGIN, left_width), (right, MARGIN + left_width + GUTTER, right_width)] {
            self.y = top;
            for block in blocks {
                self.set(block, x, width);
            }
            end = (self.pages, self.y.max(end.1));
        }
        (self.pages, self.y) = end;
    }

    /// Sets a table; the heading comes again on every page it goes on to. A row goes to the next page whole if it fits there.
    pub(crate) fn add_table(&mut self, columns: &[Column], rows: &[Row]) {
        let widths = widths(columns);
        let heading = Style { size: 8.0, weight: Weight::Regular, ink: PALE };
        let cells: Vec<(String, usize)> = columns.iter().map(|column| (column.heading.clone(), 1)).collect();
        let heading = Laid::new(columns, &widths, &cells, heading);
        self.need(heading.height() + 3.0 * (BODY.line() + 2.0 * CELL));
        self.open(Tag::Table.into());
        self.open(Tag::THead.into());
        self.set_row(&heading, 0..heading.lines, Scope::Heading);
        self.close();
        self.open(Tag::TBody.into());
        for row in rows {
            let style = match row.look {
                Look::Plain => BODY,
                Look::Sum => STRONG,
                Look::Total => Style { size: 12.0, weight: Weight::Bold, ink: ACCENT },
            };
            let row = Laid { look: row.look, ..Laid::new(columns, &widths, &row.cells, style) };
            let page = BOTTOM - TOP - heading.height();
            let mut done = 0;
            while done < row.lines {
                let room = ((BOTTOM - self.y - 2.0 * CELL) / row.style.line()).floor().max(0.0) as usize;
                let waits = done == 0 && row.lines > room && row.height() <= page;
                if room == 0 || waits {
                    self.break_page();
                    self.set_row(&heading, 0..heading.lines, Scope::Repeated);
                    continue;
                }
                let upto = row.lines.min(done + room);
                self.set_row(&row, done..upto, Scope::Body);
                done = upto;
            }
        }
        self.close();
        self.close();
    }

    fn set_row(&mut self, row: &Laid, lines: std::ops::Range<usize>, scope: Scope) {
        let height = lines.len() as f32 * row.style.line() + 2.0 * CELL;
        if row.look != Look::Plain {
            self.shape(None, Shape::Fill { x: MARGIN, y: self.y, width: WIDTH, height, ink: SOFT });
        }
        if scope != Scope::Repeated {
            self.open(Tag::TR.into());
        }
        for cell in &row.cells {
            let span = std::num::NonZeroU32::new(cell.span as u32).filter(|span| span.get() > 1);
            match scope {
                Scope::Heading => self.open(Tag::TH(krilla::tagging::TableHeaderScope::Column).into()),
                Scope::Body => self.open(Tag::TD.with_col_span(span).into()),
                Scope::Repeated => {}
            }
            for (place, line) in lines.clone().enumerate() {
                let Some(text) = cell.lines.get(line) else { continue };
                let wide = row.style.weight.face().width(text.trim_end(), row.style.size);
                let x = match cell.align {
                    Align::Left => cell.x + CELL_SIDE,
                    Align::Right => cell.x + cell.width - CELL_SIDE - wide,
                };
                let y = self.y + CELL + place as f32 * row.style.line();
                if scope == Scope::Repeated {
                    self.text_of(None, x, y, text.clone(), row.style);
                } else {
                    self.text(x, y, text.clone(), row.style);
                }
            }
            if scope != Scope::Repeated {
                self.close();
            }
        }
        if scope != Scope::Repeated {
            self.close();
        }
        self.y += height;
        let (ink, thick) = if scope == Scope::Body { (LINE, 0.5) } else { (PALE, 0.8) };
        self.shape(None, Shape::Fill { x: MARGIN, y: self.y - thick, width: WIDTH, height: thick, ink });
    }

    /// Sets a block at the present height and goes below it.
    fn set(&mut self, block: Block, x: f32, width: f32) {
        let tall = height(&block, width);
        match block {
            Block::Gap(_) => {}
            Block::Rule => self.shape(None, Shape::Fill { x, y: self.y + 2.0, width, height: 0.8, ink: LINE }),
            Block::Heading(level, text) => {
                let text = printable(&text);
                self.headings.push((text.clone(), self.pages - 1, self.y));
                let level_number = std::num::NonZeroU16::new(level).expect("headings begin at 1");
                self.open(Tag::Hn(level_number, Some(text.clone())).into());
                let (style, above) = heading(level);
                self.column(x, self.y + above, &text, style, width);
                self.close();
            }
            Block::Text(text, style) => {
                self.open(Tag::P.into());
                self.column(x, self.y, &text, style, width);
                self.close();
            }
            Block::Fields(fields) => {
                let label_width = label_width(&fields, width);
                self.open(Tag::L(ListNumbering::None).into());
                let mut y = self.y;
                for (label, value) in &fields {
                    self.open(Tag::LI.into());
                    self.open(Tag::Lbl.into());
                    let label_style = Style { ink: PALE, ..BODY };
                    let label_lines = self.column(x, y, label, label_style, label_width - FIELD_GAP);
                    self.close();
                    self.open(Tag::LBody.into());
                    let value_lines = self.column(x + label_width, y, value, BODY, width - label_width);
                    self.close();
                    self.close();
                    y += label_lines.max(value_lines) as f32 * BODY.line() + FIELD_LINE;
                }
                self.close();
            }
            Block::Bullets(items) => {
                self.open(Tag::L(ListNumbering::Disc).into());
                let mut y = self.y;
                for item in &items {
                    self.open(Tag::LI.into());
                    self.open(Tag::Lbl.into());
                    self.text(x + 2.0, y, "•".to_owned(), Style { ink: ACCENT, ..BODY });
                    self.close();
                    self.open(Tag::LBody.into());
                    let count = self.column(x + BULLET, y, item, BODY, width - BULLET);
                    self.close();
                    self.close();
                    y += count as f32 * BODY.line() + BULLET_GAP;
                }
                self.close();
            }
            Block::Code(side, code, about) => {
                let bounds = krilla::geom::Rect::from_xywh(x, self.y, side, side).expect("a code has a side");
                let bounds = krilla::tagging::BBox::new(self.pages - 1, bounds);
                self.open(Tag::Figure(Some(printable(&about))).with_bbox(Some(bounds)).into());
                let part = self.open.last().copied();
                self.shape(part, Shape::Code { x, y: self.y, side, code });
                self.close();
            }
        }
        self.y += tall;
    }

    /// The lines of a text under each other; how many there are.
    fn column(&mut self, x: f32, y: f32, text: &str, style: Style, width: f32) -> usize {
        let lines = lines(text, style, width);
        let count = lines.len();
        for (place, line) in lines.into_iter().enumerate() {
            self.text(x, y + place as f32 * style.line(), line, style);
        }
        count
    }

    /// A line of the part that is open, by its upper left corner.
    fn text(&mut self, x: f32, y: f32, text: String, style: Style) {
        self.text_of(self.open.last().copied(), x, y, text, style);
    }

    fn text_of(&mut self, part: Option<usize>, x: f32, y: f32, text: String, style: Style) {
        if !text.is_empty() {
            self.shape(part, Shape::Text { x, y: y + style.size * BASELINE, style, text });
        }
    }

    fn shape(&mut self, part: Option<usize>, shape: Shape) {
        if let Some(part) = part {
            self.parts[part].children.push(Child::Mark(self.marks.len()));
        }
        self.marks.push(Mark { page: self.pages - 1, part, shape });
    }

    fn open(&mut self, tag: TagKind) {
        let part = self.parts.len();
        self.parts.push(Part { tag, children: Vec::new() });
        match self.open.last() {
            Some(parent) => self.parts[*parent].children.push(Child::Part(part)),
            None => self.roots.push(part),
        }
        self.open.push(part);
    }

    fn close(&mut self) {
        self.open.pop();
    }
}

/// Between a label and its value.
const FIELD_GAP: f32 = 10.0;
/// Between two fields.
const FIELD_LINE: f32 = 1.5;
/// A bullet's indent.
const BULLET: f32 = 12.0;
/// Between two items of a list.
const BULLET_GAP: f32 = 2.5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Heading,
    Repeated,
    Body,
}

/// A heading's look and the space above it.
fn heading(level: u16) -> (Style, f32) {
    match level {
        1 => (Style { size: 18.0, weight: Weight::Bold, ink: INK }, 4.0),
        _ => (Style { size: 11.0, weight: Weight::Bold, ink: INK }, 6.0),
    }
}

fn lines(text: &str, style: Style, width: f32) -> Vec<String> {
    wrap(&printable(text), style.weight, style.size, width)
}

/// The first column of fields: as wide as the widest label, but not half of all.
fn label_width(fields: &[(String, String)], width: f32) -> f32 {
    let labels = fields.iter().map(|(label, _)| BODY.weight.face().width(&printable(label), BODY.size) + FIELD_GAP);
    // Sums of the same widths differ in the last bit.
    labels.fold(0.0, f32::max).min(width * 0.45) + 0.1
}

/// How high a block is at that width.
fn height(block: &Block, width: f32) -> f32 {
    let tall = |text: &str, style: Style, width: f32| lines(text, style, width).len() as f32 * style.line();
    match block {
        Block::Gap(height) => *height,
        Block::Rule => 8.0,
        Block::Heading(level, text) => {
            let (style, above) = heading(*level);
            above + tall(text, style, width) + 3.0
        }
        Block::Text(text, style) => tall(text, *style, width),
        Block::Fields(fields) => {
            let label_width = label_width(fields, width);
            let of = |(label, value): &(String, String)| {
                tall(label, BODY, label_width - FIELD_GAP).max(tall(value, BODY, width - label_width)) + FIELD_LINE
            };
            fields.iter().map(of).sum()
        }
        Block::Bullets(items) => items.iter().map(|item| tall(item, BODY, width - BULLET) + BULLET_GAP).sum(),
        Block::Code(side, ..) => *side,
    }
}

fn widths(columns: &[Column]) -> Vec<f32> {
    let taken: f32 = columns.iter().map(|column| column.width).sum();
    let free = columns.iter().filter(|column| column.width == 0.0).count().max(1) as f32;
    columns.iter().map(|column| if column.width == 0.0 { (WIDTH - taken) / free } else { column.width }).collect()
}

/// A row with its texts cut into lines.
struct Laid {
    look: Look,
    style: Style,
    cells: Vec<LaidCell>,
    /// Of the highest cell.
    lines: usize,
}

struct LaidCell {
    x: f32,
    width: f32,
    align: Align,
    span: usize,
    lines: Vec<String>,
}

impl Laid {
    fn new(columns: &[Column], widths: &[f32], cells: &[(String, usize)], style: Style) -> Laid {
        let (mut x, mut column) = (MARGIN, 0);
        let mut laid = Vec::with_capacity(cells.len());
        for (text, span) in cells {
            let width: f32 = widths[column..column + span].iter().sum();
            laid.push(LaidCell {
                x,
                width,
                // A cell across several columns is a label.
                align: if *span > 1 { Align::Left } else { columns[column].align },
                span: *span,
                lines: lines(text, style, width - 2.0 * CELL_SIDE),
            });
            (x, column) = (x + width, column + span);
        }
        let lines = laid.iter().map(|cell| cell.lines.len()).max().unwrap_or(0);
        Laid { look: Look::Plain, style, cells: laid, lines }
    }

    fn height(&self) -> f32 {
        self.lines as f32 * self.style.line() + 2.0 * CELL
    }
}

/// The side of a code's module when it is printed so wide with its quiet zone.
pub(crate) fn module(side: f32, code: &Code) -> f32 {
    side / (code.side() + 2 * QUIET) as f32
}
