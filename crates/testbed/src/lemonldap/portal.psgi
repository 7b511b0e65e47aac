use Plack::Builder;
require Lemonldap::NG::Portal;
my $portal = Lemonldap::NG::Portal->run({});
my $missing = sub { [404, [], []] };
builder {
    mount '/static' => builder {
        enable 'Static', path => sub { 1 }, root => '/usr/share/lemonldap-ng/portal/htdocs/static/';
        $missing;
    };
    mount '/' => $portal;
};
