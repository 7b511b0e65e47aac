//! What fails, and how it is mended.

use std::fmt;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::cells::{CELLS, Cells, name};
use super::database::Database;
use super::dice::Dice;
use super::link::Way;
use super::node::faketime;
use super::traffic::Acknowledged;

/// A fault, of a cell or between cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Its node is killed.
    Node(usize),
    /// Its database is killed.
    Database(usize),
    /// Both are.
    Both(usize),
    /// One cannot reach the database of the other.
    OneWay(usize, usize, Way),
    /// Neither can.
    Apart(usize, usize, Way),
    /// It and all others are apart.
    Alone(usize, Way),
    /// Its disk is full.
    Full(usize),
    /// Its node's clock is so many seconds off.
    Clock(usize, i64),
    /// Its disk is copied, and put back later.
    Snapshot(usize),
    /// It is away for longer than its changes are kept.
    Missed(usize),
}

/// What was acknowledged by a cell alone between two moments is forgotten: its disk was put back.
pub(super) struct Forgotten {
    cell: usize,
    from: Instant,
    until: Instant,
}

impl Fault {
    /// One by chance, of those that this machine can have.
    pub(super) fn any(dice: &mut Dice, cells: &Cells) -> Self {
        let cell = dice.below(CELLS);
        let other = (cell + 1 + dice.below(CELLS - 1)) % CELLS;
        let way = if dice.coin() { Way::Closed } else { Way::Silent };
        let off = if dice.coin() { 3600 } else { -3600 };
        let full = cells.disk.as_ref().map(|(cell, _)| Self::Full(*cell));
        match dice.below(10) {
            0 => Self::Node(cell),
            1 => Self::Database(cell),
            3 => Self::OneWay(cell, other, way),
            4 => Self::Apart(cell, other, way),
            5 => Self::Alone(cell, way),
            6 => Self::Snapshot(cell),
            7 => Self::Missed(cell),
            8 => full.unwrap_or(Self::Both(cell)),
            9 if faketime().is_some() => Self::Clock(cell, off),
            _ => Self::Both(cell),
        }
    }

    /// Lets it happen; when.
    ///
    /// # Errors
    /// It cannot.
    pub(super) async fn begin(self, cells: &mut Cells) -> Result<Instant, String> {
        let now = Instant::now();
        match self {
            Self::Node(cell) => cells.node(cell)?.kill(),
            Self::Database(cell) => cells.database(cell)?.kill(),
            Self::Both(cell) => {
                cells.database(cell)?.kill();
                cells.node(cell)?.kill();
            }
            Self::OneWay(..) | Self::Apart(..) | Self::Alone(..) => self.set(cells, None),
            Self::Full(_) => cells.disk.as_ref().map_or(Ok(()), |(_, disk)| disk.fill())?,
            Self::Clock(cell, off) => {
                cells.node(cell)?.kill();
                cells.node(cell)?.start(off).await?;
            }
            Self::Snapshot(cell) => cells.database(cell)?.snapshot().await?,
            Self::Missed(cell) => {
                cells.database(cell)?.kill();
                cells.node(cell)?.kill();
                let others = cells.databases.iter().filter(|database| database.runs()).map(Database::write_ahead);
                // One whose disk is full, or which is just being killed by that, keeps what it has.
                drop(futures_util::future::join_all(others).await);
            }
        }
        Ok(now)
    }

    /// Mends it. What the guide has an operator do after a disk was put back is done here.
    ///
    /// # Errors
    /// It cannot be mended.
    pub(super) async fn end(
        self,
        cells: &mut Cells,
        begun: Instant,
        dice: &mut Dice,
    ) -> Result<Option<Forgotten>, String> {
        match self {
            Self::OneWay(..) | Self::Apart(..) | Self::Alone(..) => self.set(cells, Some(Way::Open)),
            Self::Full(cell) => {
                cells.disk.iter().for_each(|(_, disk)| disk.clear());
                up(cells, cell).await?;
            }
            Self::Clock(cell, _) => {
                cells.node(cell)?.kill();
                cells.node(cell)?.start(0).await?;
            }
            Self::Node(cell) | Self::Database(cell) | Self::Both(cell) | Self::Missed(cell) => up(cells, cell).await?,
            Self::Snapshot(cell) => {
                cells.node(cell)?.kill();
                cells.database(cell)?.kill();
                let until = Instant::now();
                cells.database(cell)?.restore().await?;
                // Some operators know at once what to do; others go on, and do what alarms say.
                let (late, forgets) = (dice.coin(), dice.coin());
                if forgets {
                    cells.node(cell)?.forget();
                }
                cells.database(cell)?.start().await?;
                if late {
                    up(cells, cell).await?;
                    sleep(Duration::from_millis(300)).await;
                }
                cells.rebuild(cell).await?;
                up(cells, cell).await?;
                return Ok(Some(Forgotten { cell, from: begun, until }));
            }
        }
        Ok(None)
    }

    /// Whether it is mended when all else is: it takes the others.
    pub(super) fn is_last(self) -> bool {
        matches!(self, Self::Snapshot(_))
    }

    fn set(self, cells: &Cells, instead: Option<Way>) {
        let both = |one, other, way| {
            cells.set(one, other, way);
            cells.set(other, one, way);
        };
        match self {
            Self::OneWay(from, to, way) => cells.set(from, to, instead.unwrap_or(way)),
            Self::Apart(one, other, way) => both(one, other, instead.unwrap_or(way)),
            Self::Alone(cell, way) => {
                (0..CELLS).filter(|other| *other != cell).for_each(|other| both(cell, other, instead.unwrap_or(way)));
            }
            _ => {}
        }
    }
}

/// Starts what does not run of a cell.
async fn up(cells: &mut Cells, cell: usize) -> Result<(), String> {
    if !cells.database(cell)?.runs() {
        cells.database(cell)?.start().await?;
    }
    if !cells.node(cell)?.runs() {
        cells.node(cell)?.start(0).await?;
    }
    Ok(())
}

impl Forgotten {
    /// Whether a write may be among it.
    pub(super) fn has(&self, write: &Acknowledged) -> bool {
        write.cell == self.cell && !write.replicated && (self.from..=self.until).contains(&write.at)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = |way: &Way| if *way == Way::Silent { "silently " } else { "" };
        match self {
            Self::Node(cell) => write!(f, "node of {} killed", name(*cell)),
            Self::Database(cell) => write!(f, "database of {} killed", name(*cell)),
            Self::Both(cell) => write!(f, "{} killed", name(*cell)),
            Self::OneWay(from, to, way) => write!(f, "{} {}cut from {}", name(*from), how(way), name(*to)),
            Self::Apart(one, other, way) => write!(f, "{} and {} {}apart", name(*one), name(*other), how(way)),
            Self::Alone(cell, way) => write!(f, "{} {}alone", name(*cell), how(way)),
            Self::Full(cell) => write!(f, "disk of {} full", name(*cell)),
            Self::Clock(cell, off) => write!(f, "clock of {} {off:+} s", name(*cell)),
            Self::Snapshot(cell) => write!(f, "{} put back", name(*cell)),
            Self::Missed(cell) => write!(f, "{} away for too long", name(*cell)),
        }
    }
}
