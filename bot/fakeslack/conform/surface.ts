import type { HomeView, KnownBlock, ModalView } from '@slack/types';

// What Slack shows, by where it stands.
export interface Surface {
  message: KnownBlock[];
  modal: ModalView;
  home: HomeView;
}
