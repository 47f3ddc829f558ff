/**
 * What the page at `/` does in the browser: it asks `/_sim` every second and writes what it hears. Plain JavaScript as text; everything is written as
 * text nodes, so that nothing somebody sends becomes markup.
 */
export const SCRIPT = `
'use strict'
const byId = (id) => document.getElementById(id)
const when = (ms) => new Date(ms).toISOString().replace('T', ' ').slice(0, 19)
const count = (value) => value.toLocaleString('en')
const presets = JSON.parse(byId('presets').textContent)

async function ask(path, body, method = body === undefined ? 'GET' : 'POST') {
  const json = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch('/_sim/' + path, { method, ...json })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error)
  return answer
}
function cell(value, name) {
  const made = document.createElement('td')
  if (value instanceof Node) made.append(value)
  else made.textContent = value
  if (name) made.className = name
  return made
}
function fill(id, rows, whenEmpty, columns) {
  const body = byId(id)
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined
  const lines = rows.map((cells) => {
    const line = document.createElement('tr')
    line.append(...cells)
    return line
  })
  if (lines.length === 0) {
    const line = document.createElement('tr')
    const only = cell(whenEmpty, 'soft')
    only.colSpan = columns
    line.append(only)
    lines.push(line)
  }
  body.replaceChildren(...lines)
  if (focused) body.querySelector('[data-key="' + CSS.escape(focused) + '"]')?.focus()
}
const tone = (status) => (status < 400 ? 'good' : 'bad')

function showClock({ nowMs, speed }) {
  byId('now').textContent = when(nowMs) + ' UTC'
  byId('pace').textContent = speed === 0 ? 'stands still' : speed === 1 ? 'runs as real time does' : 'runs ' + speed + ' times as fast'
  if (document.activeElement !== byId('speed')) {
    const known = [...byId('speed').options].some((option) => Number(option.value) === speed)
    if (!known) byId('speed').append(new Option(speed + ' ×', speed))
    byId('speed').value = String(speed)
  }
}
function showTraffic(traffic) {
  byId('calls').textContent =
    count(traffic.total) + ' calls, ' + count(traffic.refused) + ' refused; at most ' + count(traffic.maxInSlidingMinute) + ' in any minute'
  fill('endpoints', Object.entries(traffic.byEndpointAndStatus).map(([key, times]) => {
    const [method, path, status] = key.split(' ')
    return [cell(method + ' ' + path), cell(status, 'number ' + tone(Number(status))), cell(count(times), 'number')]
  }), 'Nobody has asked yet.', 3)
  fill('clients', traffic.clients.map(({ clientId, admitted, refused }) => {
    const meter = document.createElement('meter')
    Object.assign(meter, { min: 0, max: traffic.limitPerMinute, high: traffic.limitPerMinute * 0.9, value: admitted })
    meter.setAttribute('aria-label', admitted + ' of ' + traffic.limitPerMinute)
    return [cell(clientId), cell(meter), cell(admitted + ' of ' + traffic.limitPerMinute, 'number'), cell(count(refused), 'number')]
  }), 'No client yet.', 4)
  fill('served', Object.entries(traffic.served).map(([root, { rows, distinct }]) =>
    [cell(root), cell(count(rows), 'number'), cell(distinct === null ? 'more than 100,000' : count(distinct), 'number')]), 'No rows yet.', 3)
  fill('log', traffic.last.map((one) => [
    cell(when(one.atMs)), cell(one.method + ' ' + one.path), cell(one.roots.join(', ')), cell(one.client ?? ''),
    cell(String(one.status), 'number ' + tone(one.status)), cell(count(one.rows), 'number'),
    cell(one.bytes === null ? '' : count(one.bytes), 'number'), cell(count(one.ms), 'number'),
  ]), 'No requests yet.', 8)
}
function showFaults({ faults, droppedTasks }) {
  fill('faults', faults.map((one) => {
    const { kind, ...details } = one.fault
    const take = document.createElement('button')
    take.textContent = 'Remove'
    take.className = 'small'
    take.dataset.key = 'fault-' + one.id
    take.setAttribute('aria-label', 'Remove ' + kind)
    take.onclick = () => act(() => ask('faults/' + one.id, undefined, 'DELETE'))
    const about = document.createElement('code')
    const chance = Object.entries({ skip: 0, every: 1, probability: 1 }).filter(([key, usual]) => one[key] !== usual).map(([key]) => [key, one[key]])
    about.textContent = [details, one.match, Object.fromEntries(chance)].map((part) => Object.entries(part).map(([key, value]) => key + '=' + (typeof value === 'object' ? JSON.stringify(value) : value)).join(' ')).filter(Boolean).join(' · ')
    return [cell(kind), cell(about), cell(count(one.hits) + (one.times ? ' of ' + count(one.times) : ''), 'number'), cell(take, 'number')]
  }), 'None: every answer is as it should be.', 4)
  byId('clear').disabled = faults.length === 0 && droppedTasks.length === 0
  byId('dropped').textContent = droppedTasks.length === 0 ? '' : count(droppedTasks.length) + ' tasks are missing from lists.'
}

async function refresh() {
  try {
    const [clock, traffic, faults] = await Promise.all([ask('clock'), ask('requests?last=50'), ask('faults')])
    showClock(clock)
    showTraffic(traffic)
    showFaults(faults)
    byId('problem').hidden = true
  } catch {
    tell('The simulator does not answer. This page goes on when it does.')
  }
}
function tell(problem) {
  byId('problem').textContent = problem
  byId('problem').hidden = false
}
async function act(what) {
  try {
    await what()
    await refresh()
  } catch (error) {
    tell(error.message)
  }
}
for (const button of document.querySelectorAll('[data-advance]'))
  button.onclick = () => act(() => ask('clock', { advanceMs: Number(button.dataset.advance) }))
byId('speed').onchange = () => act(() => ask('clock', { speed: Number(byId('speed').value) }))
byId('add').onclick = () => act(() => ask('faults', [presets[byId('preset').value]]))
byId('clear').onclick = () => act(() => ask('faults', undefined, 'DELETE'))
async function forever() {
  if (!document.hidden) await refresh()
  setTimeout(forever, 1000)
}
forever()
`
