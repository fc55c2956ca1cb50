import {
  cloneColour,
  darkColour,
  darkRules,
  expertColour,
  hairline,
  ink,
  muted,
  paper,
  randomColour,
} from './palette.ts';

const variables: Readonly<Record<string, string>> = {
  paper,
  ink,
  muted,
  hairline,
  expert: expertColour,
  clone: cloneColour,
  random: randomColour,
};

const light = Object.entries(variables)
  .map(([name, colour]) => `--${name}:${colour}`)
  .join(';');
const dark = Object.entries(variables)
  .map(([name, colour]) => `--${name}:${darkColour(colour)}`)
  .join(';');

/** The page's whole style sheet. */
export const pageStyles = `
:root{color-scheme:light dark;${light};--raised:#fff}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:1120px;margin:0 auto;padding:56px 40px 72px}
h1{font-size:clamp(28px,4.4vw,46px);line-height:1.12;letter-spacing:-.022em;margin:10px 0 18px;font-weight:700;text-wrap:balance;max-width:22em}
h2{font-size:25px;line-height:1.25;letter-spacing:-.012em;margin:0 0 8px;font-weight:700}
h3{font-size:16px;margin:30px 0 8px;font-weight:650}
p{margin:0 0 14px;max-width:44em}
.overline{font-size:13px;font-weight:600;letter-spacing:.04em;color:var(--muted);margin:0}
.lede{font-size:19px;line-height:1.55}
.note{color:var(--muted);font-size:15px}
section{margin-top:64px}
figure{margin:22px 0 0}
figcaption{color:var(--muted);font-size:14px;line-height:1.5;margin-top:8px;max-width:52em}
.drawing{display:block;width:100%;height:auto;overflow:visible}
.wide{overflow-x:auto;overflow-y:hidden}
.wide .drawing{min-width:660px}
.drawing text{white-space:pre;font-variant-numeric:tabular-nums}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(270px,1fr));gap:22px 26px;margin-top:18px}
.panels figure{margin:0}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(158px,1fr));margin:36px 0 0;padding:0;border-top:2px solid var(--ink)}
.cards div{padding:14px 16px 16px 0;border-bottom:1px solid var(--hairline)}
.cards dt{font-size:14px;color:var(--muted)}
.cards dd{margin:0;font-size:26px;font-weight:650;letter-spacing:-.02em;line-height:1.3;white-space:nowrap}
.cards dd small{font-size:14px;font-weight:500;letter-spacing:0;color:var(--muted)}
.expert{color:var(--expert)}.clone{color:var(--clone)}.random{color:var(--random)}
table{border-collapse:collapse;width:100%;font-size:15px;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:650;padding:0 0 8px}
th,td{text-align:left;vertical-align:top;padding:6px 14px 6px 0;border-top:1px solid var(--hairline);font-weight:400;overflow-wrap:anywhere}
th{color:var(--muted);white-space:nowrap;width:1%;padding-right:26px}
section>table{max-width:560px}
.columns{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:34px 56px;margin-top:22px;align-items:start}
@media (min-width:900px){.pair{grid-template-columns:1fr 1fr}}
pre{margin:16px 0 0;padding:16px 18px;border-radius:8px;border:1px solid var(--hairline);background:var(--raised);font:14px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;white-space:pre-wrap;overflow-wrap:anywhere}
footer{margin-top:64px;border-top:1px solid var(--hairline);padding-top:18px;color:var(--muted);font-size:14px}
@media (max-width:640px){main{padding:30px 18px 48px}section{margin-top:48px}.lede{font-size:17px}.cards dd{font-size:22px}}
@media (prefers-color-scheme:dark){:root{${dark};--raised:#1b1f26}
${darkRules('.drawing ')}}
@media print{.wide{overflow:visible}section{break-inside:avoid-page}}
`;
