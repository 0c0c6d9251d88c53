// How far a file has come. Without scripts the same links let the browser fetch it, and it shows what it knows. The server cannot say
// beforehand how many bytes there will be, so the whole is what was reckoned from the first rows.

const place = document.querySelector('[data-download]')
const bar = place?.querySelector('progress')
const told = place?.querySelector('[role="status"]')
let isUnderWay = false

/** @param {string | undefined} words @param {string} [percent] */
function tell(words, percent = '') {
  if (told instanceof HTMLElement) told.textContent = (words ?? '').replace('{percent}', percent)
}

/** @param {number} share */
function show(share) {
  if (!(bar instanceof HTMLProgressElement) || !(place instanceof HTMLElement)) return
  // What was reckoned may have been too little.
  const value = Math.min(0.99, share)
  const tenths = Math.floor(value * 10)
  // Every tenth, so that a screen reader is not flooded.
  if (tenths > Math.floor(bar.value * 10) || bar.value === 0) {
    tell(
      place.dataset.arriving,
      new Intl.NumberFormat(document.documentElement.lang, { style: 'percent' }).format(tenths / 10),
    )
  }
  bar.value = value
}

/** @param {ReadableStream<Uint8Array>} body @param {number} expected */
function counted(body, expected) {
  let arrived = 0
  return body.pipeThrough(
    new TransformStream({
      transform(piece, onward) {
        arrived += piece.byteLength
        show(arrived / Math.max(1, expected))
        onward.enqueue(piece)
      },
    }),
  )
}

/** @param {Blob} file @param {string} name */
function keep(file, name) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  // The browser has begun to keep it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** @param {HTMLAnchorElement} link */
async function fetchFile(link) {
  const answer = await fetch(link.href)
  if (!answer.ok || answer.body === null) return location.assign(link.href)
  const type = answer.headers.get('content-type') ?? ''
  const file = await new Response(counted(answer.body, Number(link.dataset.bytes)), {
    headers: { 'content-type': type },
  }).blob()
  if (place instanceof HTMLElement) tell(place.dataset.arrived)
  if (bar instanceof HTMLProgressElement) bar.value = 1
  keep(file, link.download)
}

for (const link of document.querySelectorAll('a[data-bytes]')) {
  link.addEventListener('click', (event) => {
    const isPlain = event instanceof MouseEvent && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey
    if (!(link instanceof HTMLAnchorElement) || !(place instanceof HTMLElement) || !isPlain) return
    event.preventDefault()
    if (isUnderWay) return
    isUnderWay = true
    place.hidden = false
    if (bar instanceof HTMLProgressElement) bar.value = 0
    fetchFile(link)
      .catch(() => tell(place.dataset.broken))
      .finally(() => {
        isUnderWay = false
      })
  })
}
