//! How a page came to be on screen, and what that means for what is shown.

use super::Lang;
use crate::page::State;

/// The name of a state of observation.
pub fn state_title(state: State, lang: Lang) -> &'static str {
    match state {
        State::Network => lang.pick("Seen on the network", "Vu sur le réseau"),
        State::Revalidated => lang.pick("Confirmed over the network", "Confirmé par le réseau"),
        State::BrowserCache => lang.pick("From your browser’s cache", "Du cache de votre navigateur"),
        State::ServiceWorker => {
            lang.pick("Answered by the page’s service worker", "Réponse du service worker de la page")
        }
        State::BackForwardCache => lang.pick("Brought back by your browser", "Réaffiché par votre navigateur"),
        State::Prefetched => lang.pick("Fetched ahead of your visit", "Récupéré avant votre visite"),
        State::Prerendered => lang.pick("Built ahead of your visit", "Préparé avant votre visite"),
        State::Download => lang.pick("A download", "Un téléchargement"),
        State::NoContent => lang.pick("An answer without content", "Une réponse sans contenu"),
        State::Proxied => lang.pick("Behind a proxy", "Derrière un proxy"),
        State::OlderThanExtension => lang.pick("This tab was not observed", "Cet onglet n’a pas été observé"),
        State::Discarded => lang.pick("Taken out of memory", "Retiré de la mémoire"),
        State::NoAccess => lang.pick("No access to this site", "Pas d’accès à ce site"),
        State::BrowserPage => lang.pick("A page made in the browser", "Une page produite dans le navigateur"),
        State::LocalFile => lang.pick("A file on this device", "Un fichier de cet appareil"),
        State::Waiting => lang.pick("Waiting for the response", "En attente de la réponse"),
        State::Failed => lang.pick("No response to show", "Aucune réponse affichable"),
        State::Missed => lang.pick("The response was not seen", "La réponse n’a pas été vue"),
    }
}

/// What a state of observation means for what is shown.
pub fn state_meaning(state: State, lang: Lang) -> &'static str {
    match state {
        State::Network => lang.pick(
            "This response crossed the network, and the extension saw it arrive.",
            "Cette réponse a traversé le réseau, et l’extension l’a vue arriver.",
        ),
        State::Revalidated => lang.pick(
            "Your browser already had the page. A machine on the network confirmed that it is still good, and that machine is the one shown here.",
            "Votre navigateur avait déjà la page. Une machine du réseau a confirmé qu’elle était toujours valable, et c’est cette machine qui est montrée ici.",
        ),
        State::BrowserCache => lang.pick(
            "Your browser used the copy that it keeps and asked nobody. What is shown here is who delivered that copy when it was fetched.",
            "Votre navigateur a repris la copie qu’il garde et n’a interrogé personne. Ce qui est montré ici est qui avait livré cette copie.",
        ),
        State::ServiceWorker => lang.pick(
            "A program that the site had installed in your browser made the page. What it fetched for that, if anything, stands among the page’s hosts; who delivered the page itself could not be seen.",
            "Un programme que le site avait installé dans votre navigateur a fourni la page. Ce qu’il a récupéré pour cela, le cas échéant, figure parmi les hôtes de la page\u{202f}; qui a livré la page elle-même ne pouvait pas être vu.",
        ),
        State::BackForwardCache => lang.pick(
            "Your browser had kept this page whole and shows it again without asking anybody. What is shown here was seen on the first visit.",
            "Votre navigateur avait gardé cette page entière et la réaffiche sans interroger personne. Ce qui est montré ici a été vu à la première visite.",
        ),
        State::Prefetched => lang.pick(
            "Your browser had fetched this page before you asked for it. What is shown here was seen then.",
            "Votre navigateur avait récupéré cette page avant que vous ne la demandiez. Ce qui est montré ici a été vu à ce moment-là.",
        ),
        State::Prerendered => lang.pick(
            "Your browser had built this page out of sight before you asked for it. What is shown here was seen then.",
            "Votre navigateur avait préparé cette page sans l’afficher, avant que vous ne la demandiez. Ce qui est montré ici a été vu à ce moment-là.",
        ),
        State::Download => lang.pick(
            "The response was saved as a file; no page came of it.",
            "La réponse a été enregistrée comme fichier\u{202f}; aucune page n’en est sortie.",
        ),
        State::NoContent => lang.pick(
            "The response carried no content, so the page on screen stays as it was.",
            "La réponse n’avait pas de contenu\u{a0}: la page affichée reste comme elle était.",
        ),
        State::Proxied => lang.pick(
            "A proxy, a VPN program or a filter answered for the server, so the server’s address is hidden; or the site runs on this device. Only the fields of the response could be read.",
            "Un proxy, un logiciel de VPN ou un filtre a répondu à la place du serveur, dont l’adresse est cachée\u{202f}; ou bien le site tourne sur cet appareil. Seuls les champs de la réponse ont pu être lus.",
        ),
        State::OlderThanExtension => lang.pick(
            "The page was already there when the extension began to observe. Reload it to see who delivers it.",
            "La page était déjà là quand l’extension a commencé à observer. Rechargez-la pour voir qui la livre.",
        ),
        State::Discarded => lang.pick(
            "The browser took this page out of memory; it will be fetched again when you return to it.",
            "Le navigateur a retiré cette page de la mémoire\u{202f}; il la demandera de nouveau quand vous y reviendrez.",
        ),
        State::NoAccess => lang.pick(
            "The extension may not see requests to this site, so it has observed nothing.",
            "L’extension n’a pas le droit de voir les requêtes vers ce site\u{a0}: elle n’a rien observé.",
        ),
        State::BrowserPage => lang.pick(
            "This page is part of the browser or of an extension, or another page made it; no server delivered it.",
            "Cette page fait partie du navigateur ou d’une extension, ou une autre page l’a produite\u{202f}; aucun serveur ne l’a livrée.",
        ),
        State::LocalFile => lang.pick(
            "This page was opened from a file; no server delivered it.",
            "Cette page vient d’un fichier\u{202f}; aucun serveur ne l’a livrée.",
        ),
        State::Waiting => lang.pick(
            "The page has begun to load, and its response has not been seen yet.",
            "Le chargement a commencé, et la réponse n’a pas encore été vue.",
        ),
        State::Failed => lang.pick(
            "The browser asked, and no response came that it could show.",
            "Le navigateur a demandé la page, et aucune réponse affichable n’est venue.",
        ),
        State::Missed => lang.pick(
            "The extension saw no response for this page, and cannot tell whether it came from a server, from the page’s service worker or from your browser’s memory. Reload the page to see who delivers it.",
            "L’extension n’a vu aucune réponse pour cette page et ne peut pas dire si elle vient d’un serveur, du service worker de la page ou de la mémoire de votre navigateur. Rechargez la page pour voir qui la livre.",
        ),
    }
}

/// Said beside the state of a document whose address changed without a new response.
pub fn in_page(lang: Lang) -> &'static str {
    lang.pick(
        "The address has changed since, inside the same page: no new page was fetched.",
        "L’adresse a changé depuis, à l’intérieur de la même page\u{a0}: aucune nouvelle page n’a été demandée.",
    )
}
