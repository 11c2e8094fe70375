//! A certificate authority that lives as long as the program, and one certificate for all names.

use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PublicKeyData as _};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest as _, Sha256};

pub struct Authority {
    certificate: Vec<u8>,
    /// The certificate for all names, and its key, DER.
    leaf: Vec<u8>,
    key: Vec<u8>,
    key_hash: String,
    server: Arc<ServerConfig>,
}

impl Authority {
    /// Makes the keys and certificates; the names may hold one `*` as their first label.
    pub fn new(names: Vec<String>) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, "Served By demonstration");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_key = KeyPair::generate()?;
        let authority = parameters.self_signed(&authority_key)?;
        let issuer = Issuer::new(parameters, authority_key);

        let key = KeyPair::generate()?;
        let key_hash = BASE64.encode(Sha256::digest(key.subject_public_key_info()));
        let mut leaf = CertificateParams::new(names)?;
        leaf.distinguished_name.push(DnType::CommonName, "served-by.example");
        let leaf = leaf.signed_by(&key, &issuer)?;

        let mut server = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(
                vec![leaf.der().clone(), CertificateDer::from(authority.der().to_vec())],
                PrivateKeyDer::try_from(key.serialize_der())?,
            )?;
        server.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            certificate: authority.der().to_vec(),
            leaf: leaf.der().to_vec(),
            key: key.serialize_der(),
            key_hash,
            server: Arc::new(server),
        })
    }

    /// The authority's certificate, DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// Writes `certificate.pem` and `key.pem`, for a web server of another make.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let chain = pem("CERTIFICATE", &self.leaf) + &pem("CERTIFICATE", &self.certificate);
        fs::write(folder.join("certificate.pem"), chain)?;
        fs::write(folder.join("key.pem"), pem("PRIVATE KEY", &self.key))
    }

    /// SHA-256 of the server's public key, base64, as Chromium's command line takes it.
    pub fn key_hash(&self) -> &str {
        &self.key_hash
    }

    pub fn server_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.server)
    }
}

/// RFC 7468.
fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64.encode(der);
    let lines: Vec<&str> = (0..text.len()).step_by(64).map(|at| &text[at..text.len().min(at + 64)]).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
