//! Server-sent events, as far as the cabinet sends them.

/// What a stream tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It is open: whatever moves from now on is told.
    Opened,
    /// Something about the account moved.
    Changed,
}

/// Who is told.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) type Listener<'l> = &'l mut (dyn FnMut(Heard) + Send);
/// Who is told; the browser has one thread.
#[cfg(target_arch = "wasm32")]
pub(crate) type Listener<'l> = &'l mut dyn FnMut(Heard);

/// Who takes pieces of the stream as they come.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) type Taker<'t> = &'t mut (dyn FnMut(&[u8]) + Send);
/// Who takes pieces of the stream as they come; the browser has one thread.
#[cfg(target_arch = "wasm32")]
pub(crate) type Taker<'t> = &'t mut dyn FnMut(&[u8]);

/// Longer lines are none of ours.
const LONGEST: usize = 200;

/// Puts lines together from pieces that end anywhere.
#[derive(Default)]
pub(crate) struct Lines {
    line: Vec<u8>,
    opened: bool,
}

impl Lines {
    /// Takes a piece and tells what its lines mean.
    pub(crate) fn take(&mut self, piece: &[u8], heard: Listener<'_>) {
        if !std::mem::replace(&mut self.opened, true) {
            heard(Heard::Opened);
        }
        for byte in piece {
            match byte {
                b'\n' => {
                    if self.line == b"event: changed" {
                        heard(Heard::Changed);
                    }
                    self.line.clear();
                }
                _ if self.line.len() < LONGEST => self.line.push(*byte),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_put_together_wherever_the_pieces_end() {
        let stream = b"retry: 3000\n\n: \n\nevent: changed\ndata: {}\n\nevent: other\ndata: {}\n\nevent: changed\n";
        for size in 1..stream.len() {
            let mut told = Vec::new();
            let mut lines = Lines::default();
            stream.chunks(size).for_each(|piece| lines.take(piece, &mut |heard| told.push(heard)));
            assert_eq!(told, [Heard::Opened, Heard::Changed, Heard::Changed], "pieces of {size}");
        }
    }
}
