//! From a laid out document to the bytes of its PDF, tagged as PDF/UA-1 asks, which krilla checks.

use crate::face::Weight;
use crate::qr::{Code, MARK_INNER_RADIUS, MARK_RADIUS, QUIET};
use crate::sheet::{Child, Ink, MARGIN, Mark, PAGE_HEIGHT, PAGE_WIDTH, SMALL, Shape, Sheet, Style, module};
use crate::words::{Words, fill};
use cabinet_core::Language;
use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TagGroup, TagTree};
use krilla::{Document, SerializeSettings};

const WHITE: Ink = [0xff; 3];

/// Draws every page.
pub(crate) fn pdf(sheet: Sheet, author: &str, language: Language) -> Vec<u8> {
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .expect("one standard agrees with itself");
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let mut drawn: Vec<Option<Identifier>> = vec![None; sheet.marks.len()];
    for page in 0..sheet.pages {
        let settings = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT).expect("A4 has a size");
        let mut paper = document.start_page_with(settings);
        let mut surface = paper.surface();
        for (mark, drawn) in sheet.marks.iter().zip(&mut drawn).filter(|(mark, _)| mark.page == page) {
            *drawn = Some(draw(&mut surface, mark));
        }
        foot(&mut surface, &sheet, page, language);
        surface.finish();
        paper.finish();
    }
    let mut outline = Outline::new();
    for (text, page, y) in &sheet.headings {
        outline.push_child(OutlineNode::new(text.clone(), XyzDestination::new(*page, Point::from_xy(0.0, *y))));
    }
    document.set_outline(outline);
    let mut tree = TagTree::new();
    let mut parts: Vec<Option<TagGroup>> = Vec::new();
    parts.resize_with(sheet.parts.len(), || None);
    // Parts are numbered before what they hold.
    for (number, part) in sheet.parts.into_iter().enumerate().rev() {
        let children = part.children.iter().filter_map(|child| match child {
            Child::Part(number) => parts[*number].take().map(Node::Group),
            Child::Mark(number) => drawn[*number].map(Node::Leaf),
        });
        let children: Vec<Node> = children.collect();
        parts[number] = Some(TagGroup::with_children(part.tag, children));
    }
    for root in sheet.roots {
        if let Some(group) = parts[root].take() {
            tree.push(group);
        }
    }
    document.set_tag_tree(tree);
    document.set_metadata(
        Metadata::new()
            .title(sheet.title)
            .authors(vec![crate::face::printable(author)])
            .language(language.code().to_owned())
            .creator("Cabinet".to_owned()),
    );
    document.finish().expect("what was laid out is a document of PDF/UA-1")
}

fn draw(surface: &mut Surface<'_>, mark: &Mark) -> Identifier {
    let tag = match (&mark.part, &mark.shape) {
        (None, _) => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
        (Some(_), Shape::Text { .. }) => ContentTag::Span(SpanTag::empty()),
        (Some(_), _) => ContentTag::Other,
    };
    let identifier = surface.start_tagged(tag);
    match &mark.shape {
        Shape::Text { x, y, style, text } => write(surface, *x, *y, *style, text),
        Shape::Fill { x, y, width, height, ink } => {
            paint(surface, *ink, rectangles([(*x, *y, *width, *height)]));
        }
        Shape::Code { x, y, side, code } => draw_code(surface, *x, *y, *side, code),
    }
    surface.end_tagged();
    identifier
}

fn write(surface: &mut Surface<'_>, x: f32, y: f32, style: Style, text: &str) {
    let face = style.weight.face();
    surface.set_fill(Some(of(style.ink)));
    surface.draw_glyphs(Point::from_xy(x, y), &face.glyphs(text), face.font(), text, style.size, false);
}

/// The modules as one path, over them a light disc, in it a dark one with the sign of the hryvnia. The sign is drawn as a
/// picture: it is no text of the document.
fn draw_code(surface: &mut Surface<'_>, x: f32, y: f32, side: f32, code: &Code) {
    let module = module(side, code);
    let (left, top) = (x + QUIET as f32 * module, y + QUIET as f32 * module);
    let runs = code.runs().into_iter().map(|(column, row, length)| {
        (left + column as f32 * module, top + row as f32 * module, length as f32 * module, module)
    });
    paint(surface, WHITE, rectangles([(x, y, side, side)]));
    paint(surface, [0; 3], rectangles(runs));
    let (middle_x, middle_y) = (x + side / 2.0, y + side / 2.0);
    let across = code.side() as f32 * module;
    paint(surface, WHITE, disc(middle_x, middle_y, MARK_RADIUS * across));
    paint(surface, [0; 3], disc(middle_x, middle_y, MARK_INNER_RADIUS * across));
    let sign = "₴";
    let face = Weight::Bold.face();
    let size = MARK_INNER_RADIUS * across * 1.45;
    let start = Point::from_xy(middle_x - face.width(sign, size) / 2.0, middle_y + size * 0.35);
    surface.set_fill(Some(of(WHITE)));
    surface.draw_glyphs(start, &face.glyphs(sign), face.font(), sign, size, true);
}

/// The document's name and which page this is, below the text.
fn foot(surface: &mut Surface<'_>, sheet: &Sheet, page: usize, language: Language) {
    let words = Words::of(language);
    let number = fill(words.page, &[("page", &(page + 1).to_string()), ("pages", &sheet.pages.to_string())]);
    let y = PAGE_HEIGHT - 30.0;
    let style = Style { size: 7.5, ..SMALL };
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
    let room = style.weight.face().width(&number, style.size);
    let title = crate::face::wrap(&sheet.title, style.weight, style.size, PAGE_WIDTH - 2.0 * MARGIN - room - 20.0);
    write(surface, MARGIN, y, style, &title[0]);
    write(surface, PAGE_WIDTH - MARGIN - room, y, style, &number);
    surface.end_tagged();
}

fn paint(surface: &mut Surface<'_>, ink: Ink, path: Option<Path>) {
    if let Some(path) = path {
        surface.set_fill(Some(of(ink)));
        surface.draw_path(&path);
    }
}

fn of(ink: Ink) -> Fill {
    let [red, green, blue] = ink;
    Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }
}

fn rectangles(all: impl IntoIterator<Item = (f32, f32, f32, f32)>) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (x, y, width, height) in all {
        path.push_rect(Rect::from_xywh(x, y, width, height)?);
    }
    path.finish()
}

/// A circle of four curves.
fn disc(x: f32, y: f32, r: f32) -> Option<Path> {
    const BEND: f32 = 0.552_284_8;
    let k = r * BEND;
    let mut path = PathBuilder::new();
    path.move_to(x + r, y);
    path.cubic_to(x + r, y + k, x + k, y + r, x, y + r);
    path.cubic_to(x - k, y + r, x - r, y + k, x - r, y);
    path.cubic_to(x - r, y - k, x - k, y - r, x, y - r);
    path.cubic_to(x + k, y - r, x + r, y - k, x + r, y);
    path.close();
    path.finish()
}
