<?php
$metadata['__DYNAMIC:1__'] = [
    'host' => '__DEFAULT__',
    'privatekey' => 'idp.pem',
    'certificate' => 'idp.crt',
    'auth' => 'demo',
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'saml20.sign.assertion' => true,
    'validate.authnrequest' => true,
    'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
    'authproc' => [100 => ['class' => 'core:AttributeMap',
        'uid' => 'urn:oid:0.9.2342.19200300.100.1.1',
        'mail' => 'urn:oid:0.9.2342.19200300.100.1.3',
        'displayName' => 'urn:oid:2.16.840.1.113730.3.1.241',
        'eduPersonPrincipalName' => 'urn:oid:1.3.6.1.4.1.5923.1.1.1.6',
        'eduPersonAffiliation' => 'urn:oid:1.3.6.1.4.1.5923.1.1.1.1',
        'supannEtuId' => 'urn:oid:1.3.6.1.4.1.7135.1.2.1.10',
    ]],
];
