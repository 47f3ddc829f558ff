/** A text that may lie in few places only. `name` says where it comes from, and is all that is ever shown of it. */
export interface Canary {
  readonly name: string
  readonly text: string
}

/** Text that was found somewhere where no canary belongs. */
export interface Place {
  readonly name: string
  readonly text: string
}

/** Which canaries lie where, as "canary in place", each once; also as they look inside JSON, a CSV field of Postgres, HTML and an address. */
export function findCanaries(canaries: readonly Canary[], places: readonly Place[]): string[] {
  const found = canaries.flatMap(({ name, text }) => {
    const forms = formsOf(text)
    return places.filter((place) => forms.some((form) => place.text.includes(form))).map((p) => `${name} in ${p.name}`)
  })
  return [...new Set(found)]
}

function formsOf(text: string): string[] {
  const html = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
  return [
    ...new Set([
      text,
      JSON.stringify(text).slice(1, -1),
      text.replaceAll('"', '""'),
      html,
      html.replaceAll("'", '&#39;'),
      encodeURIComponent(text),
    ]),
  ]
}
