<?php
$services = array_map(fn ($file) => ['type' => 'xml', 'file' => $file], glob('DIRECTORY/services/*.xml'));
$config = [
    'baseurlpath' => 'http://ADDRESS/',
    'certdir' => 'DIRECTORY/cert/',
    'loggingdir' => 'DIRECTORY/log/',
    'datadir' => 'DIRECTORY/data/',
    'tempdir' => 'DIRECTORY/tmp/',
    'metadatadir' => 'DIRECTORY/metadata/',
    'metadata.sources' => array_merge([['type' => 'flatfile']], $services),
    'logging.handler' => 'file',
    'logging.level' => 7,
    'showerrors' => true,
    'secretsalt' => 'a salt of tests',
    'auth.adminpassword' => 'demo',
    'timezone' => 'UTC',
    'enable.saml20-idp' => true,
    'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
    'store.type' => 'phpsession',
    'session.phpsession.savepath' => 'DIRECTORY/sessions',
    'session.cookie.secure' => false,
    'language.default' => 'en',
    'language.available' => ['en'],
];
