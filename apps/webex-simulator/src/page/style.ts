/** Style of the page at `/`; light and dark, narrow and wide. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #16202c; --soft: #55616f; --line: #cfd6de; --ground: #eef1f4; --card: #fff; --accent: #00619f; --on-accent: #fff; --good: #17693a; --bad: #b3261e; --fill: #e4ebf2; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9edf2; --soft: #a6b1bd; --line: #3d4854; --ground: #12171d; --card: #1c232b; --accent: #6cc1f5; --on-accent: #06202f; --good: #7fd6a2; --bad: #ff9d94; --fill: #2a333d; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 0 0 .75rem; font-size: 1.0625rem; }
p { margin: .25rem 0 .75rem; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
main { display: grid; gap: 1rem; grid-template-columns: repeat(12, minmax(0, 1fr)); padding-top: 1rem; }
section { grid-column: span 6; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.25rem; min-width: 0; }
section.wide { grid-column: 1 / -1; }
.scroll { overflow-x: auto; margin: 0 -1.25rem; padding: 0 1.25rem; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th { text-align: left; white-space: nowrap; color: var(--soft); font-weight: 600; font-size: .8125rem; }
th, td { padding: .375rem .75rem .375rem 0; border-top: 1px solid var(--line); vertical-align: top; }
tr:first-child th { border-top: 0; }
td.number, th.number { text-align: right; }
code, pre { font: .8125rem/1.5 ui-monospace, monospace; }
td code { overflow-wrap: anywhere; }
#orgs td, #log td, #log td code { white-space: nowrap; }
#log td:nth-child(2) { white-space: normal; overflow-wrap: anywhere; min-width: 14rem; }
#clients td:nth-child(2) { width: 40%; min-width: 5rem; }
#clients td:nth-child(3) { white-space: nowrap; }
h2.next { margin-top: 1.25rem; }
pre { margin: 0; padding: .75rem; background: var(--fill); border-radius: .5rem; overflow-x: auto; }
.moment { font-size: 1.5rem; font-variant-numeric: tabular-nums; margin: 0; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .5rem 0; }
button, select { min-height: 2.25rem; padding: 0 .875rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); color: var(--ink); font: inherit; }
button { cursor: pointer; color: var(--accent); border-color: var(--accent); font-weight: 600; }
button.main { background: var(--accent); color: var(--on-accent); }
button.small { min-height: 1.75rem; padding: 0 .625rem; font-size: .8125rem; }
button[disabled] { opacity: .5; cursor: default; }
select { max-width: 100%; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); }
.good { color: var(--good); }
.bad { color: var(--bad); font-weight: 600; }
meter { width: 100%; height: .75rem; }
#problem { margin: 1rem auto 0; max-width: 74rem; padding: .5rem 1rem; border: 1px solid var(--bad); border-radius: .5rem; color: var(--bad); }
#problem[hidden] { display: none; }
footer { padding-top: 1rem; padding-bottom: 2rem; color: var(--soft); }
@media (max-width: 52rem) { section { grid-column: 1 / -1; } }
`
