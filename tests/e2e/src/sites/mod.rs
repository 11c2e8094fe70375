//! The demonstration: hosts that imitate providers, and pages that bring about each situation.
//!
//! Every host answers from an address of the provider that it imitates, with fields in that
//! provider's shapes. The names are reserved ones, so that nobody's site is imitated.

mod clock;
mod fields;
mod page;
mod routes;

use std::net::IpAddr;
use std::sync::Arc;

pub use clock::Clock;
pub use routes::{HOPS, MANY};

use crate::world::{Answer, Field, Records};

/// The same sentence in both languages.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    pub en: &'static str,
    pub fr: &'static str,
}

/// One host of the demonstration.
pub struct Site {
    pub host: &'static str,
    pub addresses: &'static [&'static str],
    /// The canonical name that its DNS record leads to.
    pub alias: Option<&'static str>,
    pub title: Words,
    pub imitates: Words,
    /// What the extension is expected to say.
    pub says: Words,
    /// The id of the provider that delivers, `None` where that must stay unknown.
    pub delivered_by: Option<&'static str>,
    pub fields: fn(Clock) -> Vec<Field>,
}

pub const INDEX: &str = "demo.example";
pub const CLOUDFLARE: &str = "journal.example";
pub const FASTLY: &str = "radio.example";
pub const CLOUDFRONT: &str = "video.example";
pub const OVHCLOUD: &str = "www.mairie.example";
pub const BUNNY: &str = "photos.example";
pub const PLAIN: &str = "artisan.example";
pub const HOSTILE: &str = "piege.example";

/// All hosts, the index first.
pub const SITES: &[Site] = &[
    Site {
        host: INDEX,
        addresses: &["192.0.2.10"],
        alias: None,
        title: Words { en: "The demonstration", fr: "La démonstration" },
        imitates: Words {
            en: "An nginx server on an address that is reserved for documentation.",
            fr: "Un serveur nginx à une adresse réservée à la documentation.",
        },
        says: Words {
            en: "Unknown: such an address belongs to no provider.",
            fr: "Inconnu\u{a0}: une telle adresse n’appartient à aucun fournisseur.",
        },
        delivered_by: None,
        fields: fields::nginx,
    },
    Site {
        host: CLOUDFLARE,
        addresses: &["104.16.132.17", "2606:4700::6810:8411"],
        alias: None,
        title: Words { en: "A newspaper", fr: "Un journal" },
        imitates: Words {
            en: "A page that Cloudflare keeps and hands out in Paris.",
            fr: "Une page que Cloudflare conserve et distribue à Paris.",
        },
        says: Words {
            en: "Cloudflare, Paris, stored copy, 264 seconds old; the origin server is hidden.",
            fr: "Cloudflare, Paris, copie conservée depuis 264\u{a0}secondes\u{a0}; le serveur d’origine est caché.",
        },
        delivered_by: Some("cloudflare"),
        fields: fields::cloudflare_hit,
    },
    Site {
        host: "forum.example",
        addresses: &["104.21.32.40"],
        alias: None,
        title: Words { en: "A forum", fr: "Un forum" },
        imitates: Words {
            en: "A page that Cloudflare passes on without keeping it.",
            fr: "Une page que Cloudflare transmet sans la conserver.",
        },
        says: Words {
            en: "Cloudflare, Paris, passed on; the origin server is hidden.",
            fr: "Cloudflare, Paris, transmise\u{a0}; le serveur d’origine est caché.",
        },
        delivered_by: Some("cloudflare"),
        fields: fields::cloudflare_dynamic,
    },
    Site {
        host: "boutique.example",
        addresses: &["23.227.38.65"],
        alias: Some("shops.boutique.example"),
        title: Words { en: "A shop", fr: "Une boutique" },
        imitates: Words {
            en: "A shop on Shopify, whose addresses Cloudflare’s machines answer.",
            fr: "Une boutique chez Shopify, dont les adresses aboutissent aux machines de Cloudflare.",
        },
        says: Words {
            en: "Cloudflare delivers, Shopify is the platform.",
            fr: "Cloudflare distribue, Shopify est la plateforme.",
        },
        delivered_by: Some("cloudflare"),
        fields: fields::shopify,
    },
    Site {
        host: FASTLY,
        addresses: &["151.101.130.217", "2a04:4e42:200::729"],
        alias: None,
        title: Words { en: "A radio", fr: "Une radio" },
        imitates: Words {
            en: "Two Fastly nodes, Amsterdam and Paris, which both had a copy.",
            fr: "Deux nœuds de Fastly, Amsterdam et Paris, qui avaient chacun une copie.",
        },
        says: Words { en: "Fastly, Paris, stored copy.", fr: "Fastly, Paris, copie conservée." },
        delivered_by: Some("fastly"),
        fields: fields::fastly,
    },
    Site {
        host: CLOUDFRONT,
        addresses: &["18.160.41.22"],
        alias: None,
        title: Words { en: "Videos", fr: "Des vidéos" },
        imitates: Words {
            en: "A copy at Amazon CloudFront, with the date on which it was stored.",
            fr: "Une copie chez Amazon CloudFront, avec la date de sa conservation.",
        },
        says: Words {
            en: "Amazon CloudFront, Paris, stored copy, 15 minutes old.",
            fr: "Amazon CloudFront, Paris, copie conservée depuis 15\u{a0}minutes.",
        },
        delivered_by: Some("amazon-cloudfront"),
        fields: fields::cloudfront_hit,
    },
    Site {
        host: "banque.example",
        addresses: &["23.45.108.77"],
        alias: None,
        title: Words { en: "A bank", fr: "Une banque" },
        imitates: Words {
            en: "An answer of Akamai’s in which only the address is Akamai’s.",
            fr: "Une réponse d’Akamai dont seule l’adresse est celle d’Akamai.",
        },
        says: Words {
            en: "Akamai, by its address; whether it keeps a copy is not visible.",
            fr: "Akamai, d’après l’adresse\u{a0}; on ne voit pas s’il conserve une copie.",
        },
        delivered_by: Some("akamai"),
        fields: fields::akamai_by_address,
    },
    Site {
        host: "appli.example",
        addresses: &["3.174.141.20"],
        alias: None,
        title: Words { en: "An application", fr: "Une application" },
        imitates: Words {
            en: "Vercel behind Amazon CloudFront, which leaves the name of Vercel in the Server field.",
            fr: "Vercel derrière Amazon CloudFront, qui laisse le nom de Vercel dans le champ Server.",
        },
        says: Words {
            en: "Amazon CloudFront, passed on; Vercel behind it.",
            fr: "Amazon CloudFront, transmise\u{a0}; Vercel se trouve derrière.",
        },
        delivered_by: Some("amazon-cloudfront"),
        fields: fields::vercel_behind_cloudfront,
    },
    Site {
        host: "logiciel.example",
        addresses: &["185.199.108.153", "2606:50c0:8000::153"],
        alias: None,
        title: Words { en: "A manual", fr: "Un mode d’emploi" },
        imitates: Words {
            en: "GitHub Pages, on GitHub’s addresses, carried by Fastly.",
            fr: "GitHub Pages, aux adresses de GitHub, portées par Fastly.",
        },
        says: Words {
            en: "Fastly delivers, GitHub Pages is the host.", fr: "Fastly distribue, GitHub Pages héberge."
        },
        delivered_by: Some("fastly"),
        fields: fields::github_pages,
    },
    Site {
        host: "association.example",
        addresses: &["63.176.8.218"],
        alias: None,
        title: Words { en: "A charity", fr: "Une association" },
        imitates: Words {
            en: "Netlify’s edge, on an address rented from Amazon.",
            fr: "La périphérie de Netlify, à une adresse louée à Amazon.",
        },
        says: Words { en: "Netlify, stored copy.", fr: "Netlify, copie conservée." },
        delivered_by: Some("netlify"),
        fields: fields::netlify,
    },
    Site {
        host: BUNNY,
        addresses: &["212.102.50.54"],
        alias: None,
        title: Words { en: "Photographs", fr: "Des photographies" },
        imitates: Words {
            en: "A copy at Bunny, on one of the addresses that it publishes one by one.",
            fr: "Une copie chez Bunny, à l’une des adresses qu’il publie une à une.",
        },
        says: Words { en: "Bunny, Paris, stored copy.", fr: "Bunny, Paris, copie conservée." },
        delivered_by: Some("bunny"),
        fields: fields::bunny,
    },
    Site {
        host: OVHCLOUD,
        addresses: &["51.38.12.34"],
        alias: None,
        title: Words { en: "A town hall", fr: "Une mairie" },
        imitates: Words {
            en: "The site’s own Apache server, on a machine at OVHcloud.",
            fr: "Le serveur Apache du site lui-même, sur une machine chez OVHcloud.",
        },
        says: Words {
            en: "The origin server answered; OVHcloud operates it.",
            fr: "Le serveur d’origine a répondu\u{a0}; OVHcloud l’exploite.",
        },
        delivered_by: Some("ovhcloud"),
        fields: fields::apache,
    },
    Site {
        host: "meteo.example",
        addresses: &["104.18.20.35"],
        alias: None,
        title: Words { en: "The weather", fr: "La météo" },
        imitates: Words {
            en: "Cloudflare keeps what Amazon CloudFront delivered from Amazon S3 an hour ago.",
            fr: "Cloudflare conserve ce qu’Amazon CloudFront a distribué depuis Amazon S3 il y a une heure.",
        },
        says: Words {
            en: "Cloudflare, stored copy; it had passed Amazon CloudFront when it was stored.",
            fr: "Cloudflare, copie conservée\u{a0}; elle était passée par Amazon CloudFront quand elle a été conservée.",
        },
        delivered_by: Some("cloudflare"),
        fields: fields::cloudflare_over_cloudfront,
    },
    Site {
        host: "cdn.bibliotheque.example",
        addresses: &["104.16.175.226"],
        alias: None,
        title: Words { en: "A library of scripts", fr: "Une bibliothèque de scripts" },
        imitates: Words {
            en: "jsDelivr through Cloudflare, with the fields of Fastly from an hour ago.",
            fr: "jsDelivr par Cloudflare, avec des champs de Fastly vieux d’une heure.",
        },
        says: Words {
            en: "Cloudflare, stored copy; it had passed Fastly when it was stored.",
            fr: "Cloudflare, copie conservée\u{a0}; elle avait traversé Fastly quand elle a été conservée.",
        },
        delivered_by: Some("cloudflare"),
        fields: fields::jsdelivr_over_cloudflare,
    },
    Site {
        host: "institut.example",
        addresses: &["34.120.100.181"],
        alias: None,
        title: Words { en: "A research institute", fr: "Un institut de recherche" },
        imitates: Words {
            en: "Google’s load balancer keeps what Cloudflare delivered an hour ago; the Server field still says cloudflare.",
            fr: "Le répartiteur de Google conserve ce que Cloudflare a distribué il y a une heure\u{a0}; le champ Server dit encore cloudflare.",
        },
        says: Words {
            en: "Google Cloud CDN; Cloudflare is behind it, not before it.",
            fr: "Google Cloud CDN\u{a0}; Cloudflare est derrière et non devant.",
        },
        delivered_by: Some("google-cloud-cdn"),
        fields: fields::google_over_cloudflare,
    },
    Site {
        host: "region.example",
        addresses: &["13.107.246.45"],
        alias: None,
        title: Words { en: "A region", fr: "Une région" },
        imitates: Words { en: "A copy at Azure Front Door.", fr: "Une copie chez Azure Front Door." },
        says: Words { en: "Azure Front Door, stored copy.", fr: "Azure Front Door, copie conservée." },
        delivered_by: Some("azure-front-door"),
        fields: fields::front_door,
    },
    Site {
        host: "theatre.example",
        addresses: &["5.9.211.14"],
        alias: None,
        title: Words { en: "A theatre", fr: "Un théâtre" },
        imitates: Words {
            en: "The site’s own server with its own Varnish cache, on a machine at Hetzner.",
            fr: "Le serveur du site avec son propre cache Varnish, sur une machine chez Hetzner.",
        },
        says: Words {
            en: "The origin server answered; Hetzner operates it. Varnish alone is nobody’s CDN.",
            fr: "Le serveur d’origine a répondu\u{a0}; Hetzner l’exploite. Varnish seul n’est le CDN de personne.",
        },
        delivered_by: Some("hetzner"),
        fields: fields::own_varnish,
    },
    Site {
        host: "ipv6.example",
        addresses: &["2606:4700:10::6814:51d"],
        alias: None,
        title: Words { en: "A site with IPv6 only", fr: "Un site en IPv6 seulement" },
        imitates: Words { en: "Cloudflare, on an IPv6 address.", fr: "Cloudflare, à une adresse IPv6." },
        says: Words { en: "Cloudflare, Paris, passed on.", fr: "Cloudflare, Paris, transmise." },
        delivered_by: Some("cloudflare"),
        fields: fields::cloudflare_dynamic,
    },
    Site {
        host: PLAIN,
        addresses: &["193.52.0.10"],
        alias: None,
        title: Words { en: "A craftsman", fr: "Un artisan" },
        imitates: Words {
            en: "An nginx server in the network of Renater, on an address that no list holds.",
            fr: "Un serveur nginx du réseau de Renater, à une adresse qu’aucune liste ne contient.",
        },
        says: Words {
            en: "A machine in the network of Renater; whether it is the site’s own server cannot be told.",
            fr: "Une machine du réseau de Renater\u{a0}; on ne peut pas savoir si c’est le serveur du site.",
        },
        delivered_by: None,
        fields: fields::nginx,
    },
    Site {
        host: HOSTILE,
        addresses: &["203.0.113.66"],
        alias: None,
        title: Words { en: "A trap", fr: "Un piège" },
        imitates: Words {
            en: "Everybody at once: a hostile server sends the fields of all providers, and worse.",
            fr: "Tout le monde à la fois\u{a0}: un serveur hostile envoie les champs de tous les fournisseurs, et pire.",
        },
        says: Words {
            en: "Conflicting evidence, shown as such, and nothing certain.",
            fr: "Des indices contradictoires, montrés comme tels, et rien de certain.",
        },
        delivered_by: None,
        fields: fields::hostile,
    },
];

/// A host about which the dataset has records. It bears a real name, because only real sites have any;
/// it is no part of the demonstration, and nothing of the site is imitated.
pub const DOCUMENTED: Site = Site {
    host: "8ch.net",
    addresses: &["104.16.132.18"],
    alias: None,
    title: Words { en: "A documented site", fr: "Un site documenté" },
    imitates: Words { en: "A page at Cloudflare.", fr: "Une page chez Cloudflare." },
    says: Words { en: "Cloudflare, with records about the site.", fr: "Cloudflare, avec des fiches sur le site." },
    delivered_by: Some("cloudflare"),
    fields: fields::cloudflare_dynamic,
};

/// Where the extensions of Chromium and of Firefox come from. No page is there; browsers only shall find them.
pub const STORES: [&str; 2] = ["chromewebstore.google.com", "addons.mozilla.org"];

/// The host with this name.
pub fn site(host: &str) -> Option<&'static Site> {
    SITES.iter().chain([const { &DOCUMENTED }]).find(|site| site.host == host)
}

/// The names and addresses of all hosts.
pub fn records() -> Records {
    let mut records = Records::default();
    for site in SITES.iter().chain([&DOCUMENTED]) {
        let addresses: Vec<IpAddr> =
            site.addresses.iter().map(|text| text.parse().expect("the table holds addresses")).collect();
        records.add(site.host, site.alias, &addresses);
        if let Some(alias) = site.alias {
            records.add(alias, None, &addresses);
        }
    }
    for store in STORES {
        records.add(store, None, &["104.16.132.19".parse().expect("it is an address")]);
    }
    records
}

/// What answers for all hosts.
pub fn answer() -> Answer {
    Arc::new(routes::answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_reserved_names_with_addresses() {
        for site in SITES {
            assert!(site.host.ends_with(".example"), "{} is somebody’s", site.host);
            assert!(!site.addresses.is_empty(), "{}", site.host);
        }
        assert!(records().names().len() >= SITES.len());
    }
}
