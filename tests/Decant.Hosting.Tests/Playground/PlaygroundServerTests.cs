using System.Net;
using System.Text.Json.Nodes;
using Decant.Connectors.Chat;
using Decant.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using static Microsoft.Playwright.Assertions;

namespace Decant.Tests.Hosting.Playground;

/// <summary>What the page gets from its server, and how it copes with what it does not get.</summary>
[Collection(nameof(PlaygroundBrowser))]
public class PlaygroundServerTests(PlaygroundBrowser browser)
{
    [Fact]
    public async Task The_files_come_with_a_policy_that_lets_nothing_inline_or_foreign_run()
    {
        using var http = new HttpClient();
        foreach (var file in PlaygroundFile.All)
        {
            using var response = await http.GetAsync(new Uri(browser.Host.Url + file.Route));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.DoesNotContain("https://", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);

            using var again = new HttpRequestMessage(HttpMethod.Get, browser.Host.Url + file.Route);
            again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
            using var unchanged = await http.SendAsync(again);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        }

        Assert.Contains(PlaygroundFile.All, file => file.Route == "/");
        Assert.Contains(PlaygroundFile.All, file => file.Route == "/playground/main.js");
    }

    [Fact]
    public async Task The_load_is_that_of_loaded_models_and_loads_none()
    {
        await using var host = await PlaygroundHost.StartAsync();
        using var http = new HttpClient();
        Assert.Empty(JsonNode.Parse(await http.GetStringAsync(new Uri(host.Url + "/decant/load")))!.AsObject());
        var client = host.Services.GetRequiredService<IChatClient>();
        var load = JsonNode.Parse(await http.GetStringAsync(new Uri(host.Url + "/decant/load")))!.AsObject();
        Assert.Equal(PlaygroundHost.Model, Assert.Single(load).Key);
        var members = typeof(ClientLoad).GetProperties().Select(member => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name));
        Assert.Equal(members, load[PlaygroundHost.Model]!.AsObject().Select(member => member.Key));
        Assert.NotNull(client.GetService<LocalChatClient>());
    }

    [SkippableFact]
    public async Task The_load_panel_shows_rates_between_two_looks_and_draws_them()
    {
        await using var page = await browser.OpenAsync(ready: false, url: "about:blank");
        var looks = 0;
        await page.Page.RouteAsync("**/decant/load", route =>
        {
            looks++;
            return route.FulfillAsync(new()
            {
                ContentType = "application/json",
                Body = $$$"""
                    {"{{{PlaygroundHost.Model}}}":{"running_calls":3,"queued_calls":2,"finished_calls":{{{looks}}},"refused_calls":1,"steps":{{{10 * looks}}},"step_requests":{{{25 * looks}}},"output_tokens":{{{40 * looks}}},
                    "drafted_tokens":{{{8 * looks}}},"accepted_draft_tokens":{{{6 * looks}}},"kv_tokens_in_use":{{{100 + looks}}},"kv_token_budget":4000}}
                    """,
            });
        });
        await page.OpenAsync(browser.Host.Url, ready: true);
        var figures = page.Page.Locator("#load-figures > div");
        await Expect(figures.Filter(new() { HasText = "batch size" }).Locator("dd")).ToHaveTextAsync("2.5");
        await Expect(figures.Filter(new() { HasText = "acceptance" }).Locator("dd")).ToHaveTextAsync("75.0 %");
        await Expect(figures.Filter(new() { HasText = "waiting calls" }).Locator("dd")).ToHaveTextAsync("2");
        await Expect(figures.Filter(new() { HasText = "tokens in memory" }).Locator("dd")).ToContainTextAsync("of 4,000");
        await Expect(page.Page.Locator("#load-state")).ToContainTextAsync("1 refused");
        var curve = figures.Filter(new() { HasText = "tokens in memory" }).Locator(".curve");
        await Expect(curve).ToHaveAttributeAsync("d", new System.Text.RegularExpressions.Regex("^M.*L"));
    }

    [SkippableFact]
    public async Task A_server_with_keys_gets_one_from_the_user()
    {
        await using var host = await PlaygroundHost.StartAsync(key: "right");
        using var http = new HttpClient();
        foreach (var path in new[] { "/decant/schema", "/decant/load", "/v1/models" })
        {
            using var refused = await http.GetAsync(new Uri(host.Url + path));
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        await using var page = await browser.OpenAsync(url: host.Url, ready: false);
        var key = page.Page.GetByLabel("This server asks for an API key");
        await key.FillAsync("wrong");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(key).ToBeVisibleAsync();
        await key.FillAsync("right");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.ReadyAsync();
        await Expect(key).ToBeHiddenAsync();
        await page.AskAsync("What is 58 + 67?");
        await Expect(page.LastTurn).ToContainTextAsync("125");
        Assert.Equal("right", await page.Page.EvaluateAsync<string>("sessionStorage.getItem('decant.key')"));
        Assert.DoesNotContain("right", await page.Page.EvaluateAsync<string>("JSON.stringify(localStorage)"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task An_answer_that_breaks_off_says_why()
    {
        await using var page = await browser.OpenAsync();
        await page.Page.RouteAsync("**/v1/chat/completions", route => route.FulfillAsync(new()
        {
            ContentType = "text/event-stream",
            Body = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Half\"}}]}\n\ndata: {\"error\":{\"message\":\"The engine stopped.\"}}\n\n",
        }));
        await page.AskAsync("Hello");
        await Expect(page.LastTurn.Locator(".text").Last).ToHaveTextAsync("Half");
        await Expect(page.LastTurn.Locator(".note")).ToHaveTextAsync("The engine stopped.");
    }

    [SkippableFact]
    public async Task Several_results_and_what_a_search_has_found_so_far_are_shown()
    {
        await using var page = await browser.OpenAsync();
        await page.Page.RouteAsync("**/v1/chat/completions", route => route.FulfillAsync(new()
        {
            ContentType = "text/event-stream",
            Body = """
                data: {"choices":[],"decant":{"best_so_far":{"text":"Half a","score":1.5,"texts":3,"forwards":9}}}

                data: {"choices":[{"index":0,"delta":{"content":"One"}}]}

                data: {"choices":[{"index":1,"delta":{"content":"Two"}}],"decant":{"warnings":["A reward was dropped."],"statistics":{"output_token_count":2,"forward_pass_count":9,"prefill_duration":"00:00:01.5"}}}

                data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}

                data: [DONE]


                """,
        }));
        await page.Page.EvaluateAsync("() => { window.notes = []; new MutationObserver(() => window.notes.push(document.querySelector('.note')?.textContent)).observe(document.body, { subtree: true, childList: true, characterData: true }); }");
        await page.AskAsync("Hello");
        await Expect(page.LastTurn.Locator(".text").Last).ToHaveTextAsync("One\n\nTwo");
        await Expect(page.LastTurn.Locator(".warnings")).ToHaveTextAsync("A reward was dropped.");
        await Expect(page.LastTurn.Locator(".figures")).ToContainTextAsync("first token1.50 s");
        Assert.Contains("best so far, of 3 texts: Half a", await page.Page.EvaluateAsync<string[]>("window.notes"));
    }
}
