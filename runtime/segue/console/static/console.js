// What the pages are better with: moments in the viewer's zone, copying, keys, live updates that can wait.
"use strict"

const all = (selector, root = document) => [...root.querySelectorAll(selector)]
const byId = id => document.getElementById(id)

// Moments

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" })
const short = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" })
const units = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [Infinity, 86400, "d"]]

const relative = seconds => {
  const size = Math.abs(seconds)
  if (size < 1) return "just now"
  const [, unit, name] = units.find(([limit]) => size < limit)
  const amount = `${Math.floor(size / unit)} ${name}`
  return seconds < 0 ? `in ${amount}` : `${amount} ago`
}

const tell = (root = document) => {
  for (const time of all("time[datetime]", root)) {
    const at = new Date(time.dateTime)
    if (isNaN(at)) continue
    time.title = exact.format(at)
    time.textContent = "ago" in time.dataset ? relative((Date.now() - at) / 1000) : short.format(at)
  }
}

// Hours of a chart, and what is asked of times, are in UTC until they are here

const hour = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" })
const here = at => new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

const localise = (root = document) => {
  for (const text of all("text[data-hour]", root)) text.textContent = hour.format(text.dataset.hour * 1000)
  for (const title of all("title[data-from]", root)) {
    title.textContent = title.textContent.replace(/^.*? UTC/, short.format(title.dataset.from * 1000))
    title.removeAttribute("data-from")
  }
  for (const input of all("input[data-utc]", root)) {
    const label = input.labels[0]
    label.textContent = label.textContent.replace(" (UTC)", "")
    const at = new Date(`${input.getAttribute("value")}Z`)
    if (!isNaN(at)) input.value = here(at)
    input.removeAttribute("data-utc")
    input.form.addEventListener("formdata", event => {
      const at = new Date(input.value)
      if (!isNaN(at)) event.formData.set(input.name, at.toISOString().slice(0, 16))
    })
  }
}

// Copying

const copy = async button => {
  const word = button.querySelector("span")
  await navigator.clipboard.writeText(button.closest(".code").querySelector("pre").textContent)
  word.textContent = "Copied"
  setTimeout(() => { word.textContent = "Copy" }, 1500)
}

// Live updates

const paused = new Set()

const pause = button => {
  const id = button.dataset.pause
  const on = !paused.delete(id)
  if (on) paused.add(id)
  button.setAttribute("aria-pressed", on)
  button.lastElementChild.textContent = on ? "Paused" : "Live"
}

const selecting = region => {
  const selection = getSelection()
  return !selection.isCollapsed && region.contains(selection.anchorNode)
}

const held = region => paused.has(region.id) || document.hidden || selecting(region)

const kept = new WeakMap()

let focused = null

const address = element => {
  const name = ["id", "href", "aria-label", "value"].find(name => element.hasAttribute(name))
  return name ? `${element.localName}[${name}="${CSS.escape(element.getAttribute(name))}"]` : element.localName
}

const refocus = region => {
  if (!focused || document.activeElement !== document.body) return
  const found = region.querySelector(focused) ?? document.querySelector(focused) ?? region
  if (found === region) region.tabIndex = -1
  found.focus({ preventScroll: true })
}

document.addEventListener("htmx:beforeRequest", event => {
  if (event.detail.elt.matches("[data-live]") && held(event.detail.elt)) event.preventDefault()
})

document.addEventListener("htmx:beforeSwap", event => {
  const region = event.detail.target
  if (!region.contains) return
  focused = document.activeElement === document.body ? null : address(document.activeElement)
  const scrolled = all(".scroll, pre", region).map(box => [box.scrollLeft, box.scrollTop])
  const open = all("details", region).map(details => details.open)
  const known = new Set(all("[data-key]", region).map(row => row.dataset.key))
  kept.set(region, { scrolled, open, known })
})

document.addEventListener("htmx:afterSwap", event => {
  const target = event.detail.target
  const region = target.isConnected ? target : byId(target.id)
  prepare(event.target)
  if (!region) return
  refocus(region)
  const before = kept.get(target)
  if (!before || !region.matches("[data-live]")) return
  all(".scroll, pre", region).forEach((box, at) => {
    if (before.scrolled[at]) [box.scrollLeft, box.scrollTop] = before.scrolled[at]
  })
  if (before.known.size) all("[data-key]", region).forEach(row => row.classList.toggle("new", !before.known.has(row.dataset.key)))
})

document.addEventListener("htmx:oobAfterSwap", event => prepare(event.detail.target))

const trouble = on => { byId("trouble").hidden = !on }
document.addEventListener("htmx:sendError", () => trouble(true))
document.addEventListener("htmx:responseError", () => trouble(true))
document.addEventListener("htmx:afterOnLoad", () => trouble(false))

// A form that somebody has typed into while it was on its way is asked for again

let busy = false

for (const kind of ["input", "keydown"]) document.addEventListener(kind, event => { busy ||= event.key !== "Tab" })

document.addEventListener("htmx:beforeRequest", event => {
  if (event.detail.target.matches("form")) busy = false
})

document.addEventListener("htmx:beforeSwap", event => {
  if (!busy || !event.detail.target.matches?.("form")) return
  event.detail.shouldSwap = false
  htmx.trigger(event.detail.requestConfig.elt, "change")
})

// A list that waits behind a preview loses its place to the preview after that, so it asks again

let owed = null

document.addEventListener("change", event => {
  if (event.target.matches("select[hx-post]")) owed = event.target
}, true)

document.addEventListener("htmx:afterOnLoad", event => {
  if (owed?.isConnected && event.detail.elt.matches("form")) htmx.trigger(owed, "change")
})

// Enter in a line of an editor looks, where there is nothing to look at but what is shown already

document.addEventListener("submit", event => {
  if (!event.submitter?.matches("[data-implicit]")) return
  event.preventDefault()
  htmx.trigger(event.target, "change")
})

// Keys

const places = { c: "/connections", k: "/catalogue", e: "/events", d: "/deliveries", s: "/sources", h: "/history" }
let going = 0

const silent = "keys-off"
const asked = document.querySelector("[data-keys]")

if (asked) {
  asked.checked = !localStorage.getItem(silent)
  asked.addEventListener("change", () => { asked.checked ? localStorage.removeItem(silent) : localStorage.setItem(silent, "yes") })
}

const typing = element => element.matches("input, select, textarea, [contenteditable]")

const keys = {
  "/": () => (document.querySelector("[data-search]") ?? document.querySelector("main input[type=search]"))?.focus(),
  "?": () => byId("keys")?.togglePopover(),
  p: () => document.querySelector("[data-pause]")?.click(),
  g: () => { going = Date.now() },
}

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || localStorage.getItem(silent)) return
  const place = Date.now() - going < 1500 && places[event.key]
  going = 0
  if (place) location.assign(place)
  else if (Object.hasOwn(keys, event.key)) keys[event.key]()
  else return
  event.preventDefault()
})

document.addEventListener("click", event => {
  const button = event.target.closest?.("[data-copy], [data-pause]")
  if (button) ("copy" in button.dataset ? copy : pause)(button)
})

const prepare = root => {
  tell(root)
  localise(root)
  all("[data-copy], [data-pause], [data-script]", root).forEach(button => { button.hidden = "copy" in button.dataset && !navigator.clipboard })
}

prepare(document)
setInterval(tell, 10_000)
