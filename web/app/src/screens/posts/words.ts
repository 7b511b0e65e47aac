// What posts say, and the names of networks.
import { words } from "../../words/language.svelte";

export const t = words({
  fr: {
    empty: "Aucune publication",
    post: "Publication",
    authors: "Comptes",
    school: "Le campus",
    see: (network: string) => `Voir sur ${network}`,
    seeThere: "Voir la publication",
    missing: "Cette publication n’est plus là",
  },
  en: {
    empty: "No post",
    post: "Post",
    authors: "Accounts",
    school: "The campus",
    see: (network: string) => `See on ${network}`,
    seeThere: "See the post",
    missing: "This post is no longer here",
  },
});

/** Networks as they call themselves. */
export const networks: Record<string, string> = {
  bluesky: "Bluesky",
  facebook: "Facebook",
  instagram: "Instagram",
  linkedin: "LinkedIn",
  mastodon: "Mastodon",
  peertube: "PeerTube",
  threads: "Threads",
  tiktok: "TikTok",
  x: "X",
  youtube: "YouTube",
};
