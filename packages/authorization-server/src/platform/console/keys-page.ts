// The palette of commands and the sheet of keys: shut, and without a way to open them, until the script shows its buttons.
// Sources: WCAG 2.2 §2.1.4 (single keys can be switched off); ARIA 1.2 combobox with a listbox.
import { checkbox, html, type Html, icon, type PageContext, speak } from '../html/index.ts'
import { keysWords } from './keys-words.ts'
import type { Noun } from './noun.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz'

/** For each noun a letter of its name that no noun before it has; `h` is for the first page. */
export function lettersOf(nouns: readonly Pick<Noun, 'name'>[]): ReadonlyMap<string, string> {
  const letters = new Map<string, string>()
  const taken = new Set(['h'])
  for (const { name } of nouns) {
    const letter = [...name, ...alphabet].find((one) => alphabet.includes(one) && !taken.has(one))
    if (letter === undefined) continue
    taken.add(letter)
    letters.set(name, letter)
  }
  return letters
}

/** In the menu; the script takes `hidden` away. */
export function keysButtons(context: PageContext): Html {
  const { say } = speak(context, keysWords)
  return html`<li><button type="button" class="menu-button" data-opens="palette" aria-keyshortcuts="Control+K Meta+K" aria-haspopup="dialog" hidden>${icon('forward')}<span>${say('palette')}</span> <kbd dir="ltr">Ctrl K</kbd></button></li>
<li><button type="button" class="menu-button" data-opens="keys" aria-haspopup="dialog" hidden>${icon('info')}<span>${say('keys')}</span></button></li>`
}

/** @param places what each letter after `g` leads to */
export function keysDialogs(context: PageContext, places: readonly (readonly [letter: string, where: string])[]): Html {
  const { say, text } = speak(context, keysWords)
  const line = (keys: readonly string[], what: Html): Html =>
    html`<div><dt>${keys.map((key) => html`<kbd dir="ltr">${key}</kbd> `)}</dt><dd>${what}</dd></div>`
  const close = html`<div class="form-end"><button type="button" class="button" data-shuts>${say('close')}</button></div>`
  return html`<dialog id="palette" class="extra" aria-labelledby="palette-title"><h2 id="palette-title">${say('palette')}</h2>
<div class="field"><label for="palette-box">${say('paletteLabel')}</label><input class="input" id="palette-box" type="text" role="combobox" aria-expanded="false" aria-controls="palette-list" aria-autocomplete="list" autocomplete="off" autocapitalize="none" spellcheck="false" dir="auto" autofocus></div>
<ul id="palette-list" class="palette" role="listbox" aria-label="${text('palette')}" hidden></ul>
<p id="palette-told" class="hint" role="status" data-none="${text('paletteNone')}"></p>
${close}</dialog>
<dialog id="keys" class="extra" aria-labelledby="keys-title"><h2 id="keys-title">${say('keys')}</h2>
${checkbox({ name: 'keys-on', label: say('keysOn'), hint: say('keysOnHint'), checked: false })}
<dl class="keys">${line(['Ctrl K', '⌘ K'], say('always'))}
${line(['/'], say('search'))}${line(['j'], say('nextRow'))}${line(['k'], say('previousRow'))}${line(['x'], say('chooseRow'))}${line(['e'], say('edit'))}${line(['?'], say('sheet'))}
${places.map(([letter, where]) => line(['g', letter], say('goTo', { where })))}</dl>
${close}</dialog>`
}
