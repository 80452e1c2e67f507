/**
 * What looks alike in the characters that a plugin's name may have, which are ASCII; after the
 * idea of the skeletons of https://www.unicode.org/reports/tr39/#Confusable_Detection.
 */
const LOOKS_LIKE: [RegExp, string][] = [
  [/[-_.]/g, ''],
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/cl/g, 'd'],
  [/0/g, 'o'],
  [/[1i|]/g, 'l'],
  [/5/g, 's'],
  [/2/g, 'z'],
  [/8/g, 'b'],
];

/** Two names that have this in common can be taken for each other by their looks. */
export function nameSkeleton(name: string): string {
  return LOOKS_LIKE.reduce(
    (skeleton, [like, as]) => skeleton.replace(like, as),
    name.toLocaleLowerCase('en-US'),
  );
}

/** Whether a text has letters of several scripts, which can look like others: Latin and Cyrillic. */
export function mixesScripts(text: string): boolean {
  const normalized = text.normalize('NFKC');
  const scripts = [
    /\p{Script=Latin}/u,
    /\p{Script=Cyrillic}/u,
    /\p{Script=Greek}/u,
    /\p{Script=Cherokee}/u,
    /\p{Script=Armenian}/u,
  ];
  return scripts.filter(script => script.test(normalized)).length > 1;
}
