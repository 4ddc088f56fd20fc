// Tables as they are drawn: which cell stands under which heading, and which rows are one row drawn in two places.

const CELLS = new Set(['cell', 'gridcell', 'rowheader', 'columnheader']);
const tableOf = (row) => row.closest('table,[role=table],[role=grid],[role=treegrid]');
const boxless = (part) => displayOf(part) === 'none';

// The rows of a table that are laid out, each with its cells; rows of tables in it are not its own.
const rowsOfTable = memo((table) => {
  const rows = table.localName === 'table' ? [...table.rows]
    : [...table.querySelectorAll('tr,[role=row]')].filter((row) => tableOf(row) === table);
  return rows.filter((row) => !boxless(row)).map((row) => ({ row, cells: cellsIn(row).filter((cell) => !boxless(cell)) }));
});
function cellsIn(row) {
  if (row.localName === 'tr') return [...row.cells];
  return [...row.querySelectorAll('*')].filter((part) => CELLS.has(roleOf(part)) && part.parentElement.closest('tr,[role=row]') === row);
}

// Which columns each cell stands in, and which cells stand in each row (HTML, "forming a table"). A cell that is not laid out takes
// no place; one that spans rows stands in all of them, as far as their group goes.
const gridOf = memo((table) => {
  const columns = new Map();
  const standing = new Map();
  let open = [];
  let group = null;
  for (const { row, cells } of rowsOfTable(table)) {
    if (row.parentElement !== group) open = [];
    group = row.parentElement;
    const taken = new Set();
    const here = open.map(({ cell }) => cell);
    for (const { cell } of open) for (const column of columns.get(cell)) taken.add(column);
    open = open.filter((one) => (one.left -= 1) > 0);
    let next = 0;
    for (const cell of cells) {
      const said = Number(cell.getAttribute('aria-colindex'));
      if (said > 0 && row.localName !== 'tr') next = said - 1;
      while (taken.has(next)) next += 1;
      const wide = spanOf(cell, 'colSpan', 'aria-colspan') || 1;
      columns.set(cell, Array.from({ length: wide }, (_, at) => next + at));
      next += wide;
      const tall = spanOf(cell, 'rowSpan', 'aria-rowspan');
      if (tall !== 1) open.push({ cell, left: tall === 0 ? Infinity : tall - 1 });
      here.push(cell);
    }
    standing.set(row, here);
  }
  return { columns, standing };
});
function isNotice(row) {
  const table = roleOf(row) === 'row' && tableOf(row);
  return !!table && noticesOf(table).has(row);
}
// The rows that say something of a list: of one cell across the table, alone in their body or among others. Where all rows of a body are
// so, each is an entry.
const noticesOf = memo((table) => {
  const { columns, standing } = gridOf(table);
  const across = (row) => { const here = standing.get(row) || []; return here.length === 1 && columns.get(here[0]).length > 1; };
  const bodies = new Map();
  for (const { row } of rowsOfTable(table)) if (!headRowsOf(table).has(row)) bodies.set(row.parentElement, bodies.get(row.parentElement) || []).get(row.parentElement).push(row);
  return new Set([...bodies.values()].filter((rows) => rows.length === 1 || !rows.every(across)).flatMap((rows) => rows.filter(across)));
});
function spanOf(cell, property, attribute) {
  if (cell[property] !== undefined) return cell[property];
  const said = Number(cell.getAttribute(attribute) || 1);
  return Number.isInteger(said) && said >= 0 ? said : 1;
}

// The rows of a table that hold headings: those of its head; else those it begins with in which everything behind a corner is one.
const headsOf = memo((table) => {
  const rows = rowsOfTable(table);
  const told = rows.filter(({ row }) => row.parentElement.localName === 'thead');
  if (told.length) return told;
  const data = rows.findIndex(({ cells }) => { const first = cells.findIndex((cell) => textOf(cell)); return first < 0 || !cells.slice(first).every(heads); });
  return data < 0 ? rows : rows.slice(0, data);
});
const headRowsOf = memo((table) => new Set(headsOf(table).map(({ row }) => row)));
// The headings of a table, each with what it is called and what it shows, in which there are no signs to sort or filter by, and the
// columns it stands over.
const headingsOf = memo((table) => headsOf(table).flatMap(({ cells }) => cells).filter(perceivable)
  .map((cell) => ({ names: [squeeze(nameOf(cell)), textOf(cell)], columns: gridOf(table).columns.get(cell) })));
const heads = (cell) => roleOf(cell) === 'columnheader'
  || (cell.localName === 'th' && !cell.hasAttribute('scope') && !cell.hasAttribute('role'));

// The table that holds the headings of a table: itself, or the one before it that has nothing else, in the nearest part that has one.
const headTableOf = memo((table) => {
  const seen = (one) => headsOf(one).some(({ cells }) => cells.some(perceivable));
  if (seen(table)) return table;
  for (let scope = table.parentElement; scope; scope = scope.parentElement) {
    const before = [...scope.querySelectorAll('table,[role=table],[role=grid],[role=treegrid]')]
      .filter((one) => one.compareDocumentPosition(table) === Node.DOCUMENT_POSITION_FOLLOWING && seen(one));
    if (before.length) {
      const last = before[before.length - 1];
      return headsOf(last).length === rowsOfTable(last).length ? last : null;
    }
  }
  return null;
});

// The cell of a row (or of all rows under a root) that stands under a column's heading: several, where the heading spans or names
// several columns. Of a row that is drawn in two places, the cell that is drawn.
function cellsOf(root, column) {
  const rows = roleOf(root) === 'row' ? [root] : [...root.querySelectorAll('tr,[role=row]')].filter((row) => roleOf(row) === 'row' && !mirrors(row));
  return rows.flatMap((row) => {
    const places = placesOf(row);
    const cells = places.flatMap((place) => cellsUnder(place, column));
    if (places.length === 1) return cells;
    const drawn = cells.filter((cell) => perceivable(cell) && [cell, ...cell.querySelectorAll('*')].some((part) => visible(part) && (textOf(part) || isField(part))));
    return drawn.length ? drawn : cells.slice(0, 1);
  });
}
function cellsUnder(row, column) {
  const table = tableOf(row);
  const head = table && headTableOf(table);
  if (!head || (head === table && headRowsOf(table).has(row))) return [];
  const under = new Set(headingsOf(head).filter(({ names }) => names.some((name) => holds(column, name))).flatMap(({ columns }) => columns));
  const grid = gridOf(table);
  return (grid.standing.get(row) || []).filter((cell) => grid.columns.get(cell).some((at) => under.has(at)));
}

// Libraries keep columns in view by drawing the same rows again, in a table that lies over the first.
const twinsOf = memo((table) => {
  const rows = rowsOfTable(table);
  if (!rows.length) return [];
  const box = seenBox(table);
  return tables().filter((other) => {
    if (other === table || other.contains(table) || table.contains(other)) return false;
    const theirs = rowsOfTable(other);
    if (theirs.length !== rows.length) return false;
    const beside = seenBox(other);
    return Math.min(box.right, beside.right) - Math.max(box.left, beside.left) > 1
      && [0, rows.length - 1].every((at) => level(rows[at].row, theirs[at].row));
  });
});
// What the parts round it that scroll or cut off leave of the box of an element.
const seenBox = memo((el) => {
  let { left, right } = el.getBoundingClientRect();
  for (const clip of clippersOf(el)) {
    const box = clip.getBoundingClientRect();
    [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
  }
  return { left, right };
});
const tables = memo(() => [...roots()].flatMap((root) => [...root.querySelectorAll('table,[role=table],[role=grid],[role=treegrid]')]).filter((table) => perceivable(table) && visible(table)));
function level(row, other) {
  const [a, b] = [row.getBoundingClientRect(), other.getBoundingClientRect()];
  return a.height > 0 && Math.abs(a.top - b.top) <= 1 && Math.abs(a.bottom - b.bottom) <= 1;
}
const rank = memo((table) => new Map(rowsOfTable(table).map(({ row }, at) => [row, at])));
// A row and where else it is drawn, in document order.
const placesOf = memo((row) => {
  const table = tableOf(row);
  const twins = table ? twinsOf(table) : [];
  if (!twins.length || !rank(table).has(row)) return [row];
  const places = [row, ...twins.map((twin) => rowsOfTable(twin)[rank(table).get(row)].row).filter((other) => level(row, other))];
  return places.sort((a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
});
// Whether a row is only drawn again of what another is.
const mirrors = (row) => placesOf(row)[0] !== row;
