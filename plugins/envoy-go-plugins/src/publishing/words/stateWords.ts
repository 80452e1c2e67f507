import type { ComponentType } from 'react';
import type { SvgIconProps } from '@material-ui/core/SvgIcon';
import CheckingIcon from '@material-ui/icons/Autorenew';
import NeedsWorkIcon from '@material-ui/icons/BuildOutlined';
import RejectedIcon from '@material-ui/icons/Block';
import PublishedIcon from '@material-ui/icons/CheckCircle';
import FailedIcon from '@material-ui/icons/ErrorOutline';
import ReviewIcon from '@material-ui/icons/HourglassEmpty';
import WithdrawnIcon from '@material-ui/icons/Undo';
import ApprovedIcon from '@material-ui/icons/ThumbUpOutlined';
import ReadyIcon from '@material-ui/icons/SendOutlined';
import ChangesIcon from '@material-ui/icons/RateReviewOutlined';
import PublishingIcon from '@material-ui/icons/CloudUploadOutlined';
import type { PublishRequestState } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Tone } from './toneColor';

/** All states of a request, in the order of its way. */
export const REQUEST_STATES: readonly PublishRequestState[] = [
  'checking',
  'needs-work',
  'ready',
  'in-review',
  'changes-requested',
  'approved',
  'publishing',
  'publishing-failed',
  'published',
  'rejected',
  'withdrawn',
  'aborted',
];

/** What a state of a request is called, and what it means. */
export const REQUEST_STATE_WORDS: Record<
  PublishRequestState,
  {
    label: string;
    meaning: string;
    tone: Tone;
    Icon: ComponentType<SvgIconProps>;
  }
> = {
  checking: {
    label: 'Checking',
    meaning: 'The checks run against the newest commit.',
    tone: 'neutral',
    Icon: CheckingIcon,
  },
  'needs-work': {
    label: 'Needs work',
    meaning:
      'Something stands in the way; its author mends it and checks again.',
    tone: 'caution',
    Icon: NeedsWorkIcon,
  },
  ready: {
    label: 'Ready to submit',
    meaning: 'Nothing failed; its author may submit it for review.',
    tone: 'good',
    Icon: ReadyIcon,
  },
  'in-review': {
    label: 'In review',
    meaning: 'Administrators look at it and decide.',
    tone: 'neutral',
    Icon: ReviewIcon,
  },
  'changes-requested': {
    label: 'Changes requested',
    meaning: 'Administrators want something changed first.',
    tone: 'caution',
    Icon: ChangesIcon,
  },
  approved: {
    label: 'Approved',
    meaning: 'Publication begins in a moment.',
    tone: 'good',
    Icon: ApprovedIcon,
  },
  publishing: {
    label: 'Publishing',
    meaning: 'The repository is being transferred and set up.',
    tone: 'neutral',
    Icon: PublishingIcon,
  },
  'publishing-failed': {
    label: 'Publishing failed',
    meaning: 'A step failed; an administrator tries it again or aborts.',
    tone: 'bad',
    Icon: FailedIcon,
  },
  published: {
    label: 'Published',
    meaning: 'The plugin belongs to the organisation and is in the catalog.',
    tone: 'good',
    Icon: PublishedIcon,
  },
  rejected: {
    label: 'Rejected',
    meaning:
      'Administrators decided against it; nothing was changed on GitHub.',
    tone: 'bad',
    Icon: RejectedIcon,
  },
  withdrawn: {
    label: 'Withdrawn',
    meaning: 'Its author took it back; nothing was changed on GitHub.',
    tone: 'neutral',
    Icon: WithdrawnIcon,
  },
  aborted: {
    label: 'Aborted',
    meaning: 'Given up half-way; the steps tell what was done until then.',
    tone: 'bad',
    Icon: FailedIcon,
  },
};

/** Whether the next thing happens without anybody doing anything. */
export function movesByItself(state: PublishRequestState): boolean {
  return ['checking', 'approved', 'publishing'].includes(state);
}

/** Whether nothing happens to the request any more. */
export function isOver(state: PublishRequestState): boolean {
  return ['rejected', 'withdrawn', 'published', 'aborted'].includes(state);
}
