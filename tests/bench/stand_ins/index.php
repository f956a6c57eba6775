<?php
// index: the API's roll and read on PHP-FPM and SQLite. The connection and what is prepared on it
// outlive the request as far as PDO lets them; SQLite's synchronous is FULL by itself.

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ROUTE = '~^/api/v1/projects/([0-9A-Z]{26})/endpoints/([0-9A-Z]{26})(/expire_secret)?$~D';

function uid(int $now): string
{
    $text = '';
    for ($i = 0; $i < 10; $i++, $now >>= 5) {
        $text = ALPHABET[$now & 31] . $text;
    }
    foreach (str_split(random_bytes(16)) as $byte) {
        $text .= ALPHABET[ord($byte) & 31];
    }
    return $text;
}

function moment(?int $at): ?string
{
    return $at === null ? null : gmdate('Y-m-d\TH:i:s', intdiv($at, 1000)) . sprintf('.%03dZ', $at % 1000);
}

function send(int $status, string $message, ?array $data = null): never
{
    $text = json_encode(['status' => $status === 200, 'message' => $message, 'data' => $data], JSON_UNESCAPED_SLASHES);
    http_response_code($status);
    header('Content-Type: application/json');
    header('Cache-Control: no-store');
    header('Content-Length: ' . strlen($text));
    echo $text;
    exit;
}

function query(PDO $db, string $sql, array $values): PDOStatement
{
    $statement = $db->prepare($sql);
    $statement->execute($values);
    return $statement;
}

function secret_answer(array $secret): array
{
    return [
        'uid' => $secret['uid'], 'value' => $secret['value'], 'expires_at' => moment($secret['expires_at']),
        'created_at' => moment($secret['created_at']), 'updated_at' => moment($secret['updated_at']), 'deleted_at' => null,
    ];
}

function endpoint_answer(array $endpoint): array
{
    return [
        'uid' => $endpoint['uid'], 'project_id' => $endpoint['project'], 'name' => $endpoint['name'],
        'url' => $endpoint['url'], 'description' => '', 'content_type' => 'application/json', 'authentication' => null,
        'secrets' => array_map('secret_answer', $endpoint['secrets']), 'status' => $endpoint['status'],
        'advanced_signatures' => true,
        'signature' => ['order' => 'oldest_first', 'formats' => ['convoy', 'standard'], 'key_type' => 'hmac'],
        'http_timeout' => 10, 'rate_limit' => 0, 'rate_limit_duration' => 0, 'failure_rate' => 0,
        'created_at' => moment($endpoint['created_at']), 'updated_at' => moment($endpoint['updated_at']), 'deleted_at' => null,
    ];
}

function authenticate(PDO $db, string $project): string
{
    if (!preg_match('~^Bearer ([0-9A-Z]{26})_([\w-]{43})$~D', $_SERVER['HTTP_AUTHORIZATION'] ?? '', $token)) {
        send(401, 'Authentication required');
    }
    $row = query($db, 'SELECT project, digest FROM api_keys WHERE uid = ?', [$token[1]])->fetch();
    if (!$row || !hash_equals($row['digest'], hash('sha256', $token[2], true)) || $row['project'] !== $project) {
        send(401, 'authorization failed');
    }
    return $token[1];
}

function find(PDO $db, string $project, string $uid, int $now): ?array
{
    $endpoint = query($db, 'SELECT * FROM endpoints WHERE uid = ? AND project = ?', [$uid, $project])->fetch();
    if (!$endpoint) {
        return null;
    }
    $sql = 'SELECT * FROM secrets WHERE endpoint = ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY uid';
    $endpoint['secrets'] = query($db, $sql, [$uid, $now])->fetchAll();
    return $endpoint;
}

function roll(PDO $db, string $project, string $uid, string $key, int $expiration, int $now): array
{
    $endpoint = find($db, $project, $uid, $now) ?? send(404, 'endpoint not found');
    $limit = query($db, 'SELECT max_signing_secrets FROM projects WHERE uid = ?', [$project])->fetchColumn();
    if (count($endpoint['secrets']) + ($expiration > 0 ? 1 : 0) > $limit) {
        send(409, 'too many secrets could sign');
    }
    $old = end($endpoint['secrets'])['uid'];
    $ends = $now + $expiration * 1000;
    $fresh = uid($now);
    $value = 'whsec_' . base64_encode(random_bytes(24));
    query($db, 'DELETE FROM secrets WHERE endpoint = ? AND expires_at <= ?', [$uid, $now]);
    query($db, 'UPDATE secrets SET expires_at = ?, updated_at = ? WHERE endpoint = ? AND uid = ?', [$ends, $now, $uid, $old]);
    query($db, 'INSERT INTO secrets VALUES (?, ?, ?, ?, ?, NULL)', [$uid, $fresh, $value, $now, $now]);
    query($db, 'UPDATE endpoints SET updated_at = ? WHERE uid = ?', [$now, $uid]);
    query($db, "INSERT INTO history VALUES (NULL, ?, ?, 'rolled', ?, ?, ?, ?)", [$uid, $key, $now, $old, $ends, $fresh]);
    return find($db, $project, $uid, $now);
}

if ($_SERVER['REQUEST_URI'] === '/api/healthz') {
    send(200, 'ok');
}
if (!preg_match(ROUTE, $_SERVER['REQUEST_URI'], $route)) {
    send(404, 'not found');
}
$db = new PDO('sqlite:' . $_SERVER['DATABASE'], null, null, [
    PDO::ATTR_PERSISTENT => true, PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
    PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC, PDO::ATTR_TIMEOUT => 10,
]);
[, $project, $uid] = $route;
$key = authenticate($db, $project);
$now = (int) (microtime(true) * 1000);
if (!isset($route[3])) {
    send(200, 'Endpoint fetched successfully', endpoint_answer(find($db, $project, $uid, $now) ?? send(404, 'endpoint not found')));
}
$expiration = json_decode(file_get_contents('php://input'), true)['expiration'] ?? 86400;
if (!is_int($expiration) || $expiration < 0 || $expiration > 31536000) {
    send(400, 'the body is not good');
}
$db->exec('BEGIN IMMEDIATE');
try {
    $rolled = roll($db, $project, $uid, $key, $expiration, $now);
    $db->exec('COMMIT');
} catch (Throwable $error) {
    $db->exec('ROLLBACK');
    throw $error;
}
send(200, 'endpoint secret expired successfully', endpoint_answer($rolled));
