// An application's mark and links, for the pages that speak of it.
import { html, type Html, logo, monogram, type PageContext, safeUrl, speak } from '../../platform/html/index.ts'
import type { Brand } from './brand.ts'
import { brandingWords } from './words.ts'

/** The application beside us: its logo, else its first letter. The name stands in words next to it. */
export function brandPairing(name: string, { logo: source }: Brand = {}): Html {
  const mark =
    source === undefined ? monogram(name) : html`<img class="app-logo" src="${source}" alt="" width="44" height="44">`
  return html`<span class="pairing">${mark}<span class="pairing-line"></span>${logo()}</span>`
}

/** Its own pages, in a window of their own, so that nobody loses the question they were asked. */
export function brandLinks(context: PageContext, name: string, { home, policy, terms }: Brand = {}): Html | false {
  const { say } = speak(context, brandingWords)
  const links = [
    { address: home, words: say('about', { app: html`<bdi>${name}</bdi>` }) },
    { address: policy, words: say('policy') },
    { address: terms, words: say('terms') },
  ].flatMap(({ address, words }) => {
    const safe = address === undefined ? undefined : safeUrl(address)
    return safe === undefined
      ? []
      : [html`<a href="${safe}" target="_blank" rel="noopener noreferrer nofollow">${words}</a>`]
  })
  return links.length > 0 && html`<p class="aside app-links">${links}</p>`
}
