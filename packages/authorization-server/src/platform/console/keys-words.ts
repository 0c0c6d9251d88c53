// The words of the palette and of the sheet of keys.
export const keysWords = {
  palette: 'Commands',
  paletteLabel: 'Go to a page, do what this page offers, or find something',
  paletteNone: 'Nothing is called so.',
  keys: 'Keyboard',
  keysOn: 'Single keys, in this browser',
  keysOnHint: 'Off until you switch them on: they get in the way of speech input and of some screen readers.',
  always: 'Commands: always there',
  search: 'Search',
  sheet: 'This sheet',
  nextRow: 'Next row',
  previousRow: 'Previous row',
  chooseRow: 'Choose the row, or not',
  edit: 'Change what is shown',
  goTo: 'Go to {where}',
  close: 'Close',
} as const
