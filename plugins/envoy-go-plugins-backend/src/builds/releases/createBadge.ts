import type { PluginSummary } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { escapeXml } from './escapeXml';

const COLORS = { passed: '#2e7d32', failed: '#c62828', none: '#616161' };

const MARKS = { passed: '✓', failed: '✗', 'not-run': '?' };

/** Pixels, as wide as text of 11 pixels of Verdana or DejaVu is at most. */
const CHARACTER = 7;
const PADDING = 6;
const HEIGHT = 20;

/**
 * A picture that says in which Envoys a plugin's latest release was proven, for READMEs:
 * `envoy | 1.38 ✓ 1.39 ✗`, or that none was.
 */
export function createBadge(
  plugin: Pick<PluginSummary, 'title' | 'verified' | 'envoyProofs'>,
): string {
  const ran = (plugin.envoyProofs ?? []).filter(
    ({ outcome }) => outcome !== 'not-run',
  );
  const label = plugin.verified ? `verified ${plugin.verified.tag}` : 'envoy';
  const value =
    ran.length > 0
      ? ran.map(({ envoy, outcome }) => `${envoy} ${MARKS[outcome]}`).join(' ')
      : 'not proven';
  const colors = ran.map(({ outcome }) => outcome);
  let color = COLORS.none;
  if (colors.length > 0) {
    color = colors.includes('failed') ? COLORS.failed : COLORS.passed;
  }
  return draw({ title: plugin.title, label: short(label), value, color });
}

function draw(badge: {
  title: string;
  label: string;
  value: string;
  color: string;
}): string {
  const left = widthOf(badge.label);
  const right = widthOf(badge.value);
  const width = left + right;
  const [title, label, value] = [badge.title, badge.label, badge.value].map(
    escapeXml,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" role="img" aria-label="${title}: ${label}, ${value}">`,
    `<title>${title}: ${label}, ${value}</title>`,
    `<rect width="${left}" height="${HEIGHT}" fill="#424242"/>`,
    `<rect x="${left}" width="${right}" height="${HEIGHT}" fill="${badge.color}"/>`,
    '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">',
    `<text x="${left / 2}" y="14" textLength="${
      left - 2 * PADDING
    }" lengthAdjust="spacingAndGlyphs">${label}</text>`,
    `<text x="${left + right / 2}" y="14" textLength="${
      right - 2 * PADDING
    }" lengthAdjust="spacingAndGlyphs">${value}</text>`,
    '</g></svg>',
  ].join('');
}

function widthOf(text: string): number {
  return [...text].length * CHARACTER + 2 * PADDING;
}

/** Tags can be of any length. */
function short(text: string): string {
  const characters = [...text];
  return characters.length > 40 ? `${characters.slice(0, 40).join('')}…` : text;
}
