import { matchEdit } from "#tools/edit-match.ts";
let seed = 12345; const rnd = (n: number) => { seed = (seed + 0x6d2b79f5) | 0; let t = Math.imul(seed ^ (seed >>> 15), 1 | seed); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) % n; };
const pick = <T,>(a: readonly T[]): T => a[rnd(a.length)]!;
const names = ["alpha","value","result","counter","itemsList","compute","x","i","config"];
const stmt = () => pick([()=>`${pick(names)} = ${pick(names)}(${pick(names)}, ${rnd(9)})`,()=>`print("${pick(names)}: a, b", ${pick(names)})`,()=>`return ${pick(names)} + ${rnd(9)}`,()=>`${pick(names)} += ${pick(names)}[${pick(names)}]`])();
const block = (d: number): string[] => { const out: string[] = []; const n = 1 + rnd(4); for (let k=0;k<n;k++){ if (d<3 && rnd(3)===0) { out.push("    ".repeat(d)+pick([`if ${pick(names)} < ${rnd(9)}:`,`for i in ${pick(names)}:`,`while ${pick(names)}:`])); out.push(...block(d+1)); } else if (rnd(8)===0) out.push(""); else out.push("    ".repeat(d)+stmt()); } return out; };
const each = (f: (l: string, i: number) => string) => (t: string) => t.split("\n").map((l,i,a)=> i===a.length-1&&l===""?"":f(l,i)).join("\n");
const mangles: Record<string,(t:string)=>string> = {
  id: t=>t, trail: each(l=>l+"  "), tabs: each(l=>l.replace(/^ +/,b=>"\t".repeat(b.length/4))), two: each(l=>l.replace(/^ +/,b=>" ".repeat(b.length/2))),
  lost: each(l=>l.trimStart()), dedent: each(l=>l.replace(/^ {4}/,"")), shift: each(l=>l===""?l:"    "+l), spacing: t=>t.replaceAll(", ",",").replaceAll(" = ","="), typo: t=>t.replaceAll("result","reslut"), typo2: t=>t.replaceAll("itemsList","itemList"),
  smart: t=>t.replaceAll('("','(“').replaceAll('",','”,'), num: each((l,i)=>`${i+40}→${l}`), catn: each((l,i)=>`${String(i+40).padStart(6)}\t${l}`), esc: t=>t.replaceAll("\n","\\n"), escq: t=>t.replaceAll('"','\\"').replaceAll("\n","\\n"), crlf: t=>t,
};
const stats: Record<string, Record<string, number>> = {};
let shown = 0;
for (let run=0; run<80000; run++) {
  const file = [...block(0), ...block(1), ...block(0)];
  const s = rnd(file.length), e = s+1+rnd(Math.min(6,file.length-s)); const old = file.slice(s,e); if (old.every(l=>l.trim()==="")) continue;
  let neu = [...old];
  for (let k=0;k<1+rnd(2);k++){ const at=rnd(neu.length); const ind=/^ */.exec(neu[at]??"")![0]; const op=rnd(6);
    if(op===0) neu[at]=ind+stmt(); else if(op===1) neu.splice(at,0,ind+stmt()); else if(op===2&&neu.length>1) neu.splice(at,1); else if(op===3) neu[at]=(neu[at]??"").replace(/\d/,"77"); else if(op===4) neu[at]=(neu[at]??"").replace(/[a-z]{4,}/i,"renamed"); else neu.splice(at+1,0,ind+"if done:",ind+"    "+stmt()); }
  const nl = rnd(2)?"\n":""; const O=old.join("\n")+nl, N=neu.join("\n")+nl; if(O===N) continue;
  const text = file.join("\n")+"\n";
  const bare=(t:string)=>t.replace(/^ +/gm,"").replace(/[ ]/g,""); const bt="\n"+bare(text), bo="\n"+bare(O);
  if (bt.indexOf(bo)!==bt.lastIndexOf(bo)) continue;
  const mn = [pick(Object.keys(mangles)), pick(Object.keys(mangles))]; const m=(t:string)=>mangles[mn[1]!]!(mangles[mn[0]!]!(t)); if (/^(esc|num|catn)/.test(mn[0]!)) mn[1]='id'; const key=mn.join("+");
  if (mn.includes("dedent") && /^\S/m.test(O+N)) continue;
  const mo=m(O), mnw=m(N); if (mn.some(k=>mangles[k]!(N)!==N && mangles[k]!(O)===O)) continue; if (mo!==O && text.includes(mo)) continue;
  const r = matchEdit({text, oldText:mo, newText:mnw, replaceAll:false});
  stats[mn[0]!] ??= {}; const st=stats[mn[0]!]!;
  if (r.kind!=="found") { st[r.kind]=(st[r.kind]??0)+1; continue; }
  let res=""; let end=0; for(const sp of r.splices){res+=text.slice(end,sp.start)+sp.text; end=sp.end;} res+=text.slice(end);
  const want=[...file.slice(0,s),...neu,...file.slice(e)].join("\n")+"\n";
  const sq=(t:string)=>key.includes("spacing")?t.replace(/(?<=\S) +| +$/gm,""):t;
  const ok = sq(res)===sq(want); st[ok?"ok":"BAD"]=(st[ok?"ok":"BAD"]??0)+1;
  if(!ok && shown<5 && !key.includes("typo")) { shown++; console.log("=====",key,r.corrections,"\n--file\n"+text+"--old\n"+mo+"\n--new\n"+mnw+"\n--got\n"+res+"--want\n"+want); }
}
console.table(stats);
