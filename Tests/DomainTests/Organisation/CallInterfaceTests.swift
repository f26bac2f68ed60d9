import Domain
import Testing

@Suite("Call interface") struct CallInterfaceTests {
    private static func settings(_ change: (inout CallSettings) -> Void) -> CallSettings {
        var settings = CallSettings()
        change(&settings)
        return settings
    }

    @Test(
        "ORG-7 fixed wins, then the clinic's own, then the organisation's default, then ours",
        arguments: CallSetting.allCases)
    func precedence(setting: CallSetting) {
        let ours = Self.every(.init("https://ours.example"), .cover, true)
        let theirs = Self.every(.init("https://theirs.example"), .contain, false)
        func holds(_ fixed: Set<CallSetting>, _ clinic: CallSettings) -> CallSettings {
            CallInterface.effective(
                organisation: .init(settings: ours, fixed: fixed), clinic: clinic, allowed: .all)
        }
        func same(_ one: CallSettings, _ other: CallSettings) -> Bool {
            var alone = CallSettings()
            var others = CallSettings()
            alone.take(setting, from: one)
            others.take(setting, from: other)
            return alone == others
        }
        #expect(same(holds([setting], theirs), ours))
        #expect(same(holds([], theirs), theirs))
        #expect(same(holds([], CallSettings()), ours))
        let none = CallInterface.effective(
            organisation: CallInterface.initial, clinic: CallSettings(), allowed: .all)
        #expect(same(none, .builtIn))
        // One that is fixed leaves the others alone.
        for other in CallSetting.allCases where other != setting {
            var alone = CallSettings()
            var expected = CallSettings()
            alone.take(other, from: holds([setting], theirs))
            expected.take(other, from: theirs)
            #expect(alone == expected, "\(other)")
        }
    }

    /// Every setting set, each to something of that side's.
    private static func every(
        _ address: PublicText?, _ fit: VideoFit, _ on: Bool
    ) -> CallSettings {
        settings {
            $0.screenSharing = on
            $0.fileSharing = on
            $0.backgroundReplacement = on
            $0.backgroundWarning = on
            $0.resolutionChange = on
            $0.videoFit = fit
            $0.settingsFirst = on
            $0.stopsWhenCameraFails = on
            $0.opensInBrowser = on
            $0.audibleAlarm = on
            $0.customFrame = address
            $0.customRoom = address
            $0.subtitles = on
            $0.liveTranslation = on
            $0.languagePerParticipant = on
            $0.backgroundPictures = address.map { [$0] } ?? []
            $0.sharedDocument = address
        }
    }

    @Test("ORG-7 every setting of the row has a name and a place", arguments: CallSetting.allCases)
    func complete(setting: CallSetting) {
        let all = Self.every(.init("https://x.example"), .cover, true)
        #expect(all.has(setting) && !CallSettings().has(setting))
        #expect(all.chosen == CallSetting.allCases)
        var one = CallSettings()
        one.take(setting, from: all)
        #expect(one.chosen == [setting])
    }

    @Test("ORG-7 what is fixed has a value, and a clinic does not set what is fixed")
    func fixed() {
        let alarm = Self.settings { $0.audibleAlarm = false }
        Given<CallInterface>().when(.set(at: second(1), alarm, fixed: [.videoFit], allowed: .all))
            .refused(.fixedWithoutValue(.videoFit))
        let set = CallInterfaceEvent.set(
            CallInterfaceSet(at: second(1), settings: alarm, fixed: [.audibleAlarm]))
        Given<CallInterface>()
            .when(
                .set(
                    at: second(1), alarm, fixed: [.audibleAlarm, .audibleAlarm], allowed: .all)
            ).then(set)
            .when(.set(at: second(2), alarm, fixed: [.audibleAlarm], allowed: .all)).then()
        let organisation = CallInterface.fold([set])
        let own = Self.settings { $0.audibleAlarm = true }
        Given<CallInterface>().when(
            .setForClinic(at: second(2), own, organisation: organisation, allowed: .all)
        ).refused(.settingFixed(.audibleAlarm))
        let other = Self.settings { $0.subtitles = true }
        Given<CallInterface>().when(
            .setForClinic(at: second(2), other, organisation: organisation, allowed: .all)
        ).then(.overridden(CallInterfaceOverridden(at: second(2), settings: other)))
            .when(.setForClinic(at: second(3), other, organisation: organisation, allowed: .all))
            .then()
    }

    @Test("ROLE-5 what the package does not hold is neither set nor holds where it was set before")
    func package() {
        let room = Self.settings { $0.customRoom = .init("https://x.example") }
        Given<CallInterface>()
            .when(.set(at: second(1), room, fixed: [], allowed: .only([.customFrame])))
            .refused(.notInPackage(.customRoom))
        let shrunk = CallInterface.effective(
            organisation: .init(settings: room, fixed: [.customRoom]), clinic: CallSettings(),
            allowed: .only([]))
        #expect(shrunk.customRoom == nil)
    }

    @Test("ORG-7 so many pictures, and no more")
    func pictures() {
        let many = Self.settings { settings in
            settings.backgroundPictures = (0...CallSettings.picturesMax).compactMap {
                PublicText("https://x.example/\($0)")
            }
        }
        Given<CallInterface>().when(.set(at: second(1), many, fixed: [], allowed: .all))
            .refused(.tooManyPictures(limit: CallSettings.picturesMax))
    }

    @Test("ORG-7 add-ons are switched per clinic, within what the package holds")
    func addOns() {
        let created = ClinicEvent.created(
            ClinicCreated(at: second(0), name: text("Cardiology"), zone: zone("UTC")))
        let set = ClinicEvent.addOnsSet(
            ClinicAddOnsSet(at: second(1), addOns: [.payments, .sms]))
        Given<Clinic>(created)
            .when(.setAddOns(at: second(1), [.sms, .payments, .sms], allowed: .all)).then(set)
            .when(.setAddOns(at: second(2), [.payments, .sms], allowed: .all)).then()
        Given<Clinic>(created).when(.setAddOns(at: second(1), [.sms], allowed: .only([.payments])))
            .refused(.addOnNotInPackage)
        let state = Clinic.fold([created, set])
        #expect(state.addOns(allowedBy: .all) == [.payments, .sms])
        #expect(state.addOns(allowedBy: .only([.sms])) == [.sms])
    }

    @Test("ORG-11 a logo is a small PNG or JPEG, and nothing else")
    func logo() {
        let created = OrganisationEvent.created(
            OrganisationCreated(
                at: second(0),
                profile: OrganisationProfile(name: text("St Elsewhere"), zone: zone("UTC")),
                subdomain: label("elsewhere"), isTest: false))
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2]
        let given = Given<Organisation>(created)
        for (bytes, form) in [(png, LogoForm.png), ([0xFF, 0xD8, 0xFF, 0xE0], .jpeg)] {
            guard let picture = PublicBytes(bytes) else { continue }
            given.when(.setLogo(at: second(1), bytes))
                .then(.logoSet(LogoSet(at: second(1), form: form, picture: picture)))
                .when(.setLogo(at: second(2), bytes)).then()
                .when(.removeLogo(at: second(3))).then(.logoRemoved(LogoRemoved(at: second(3))))
                .when(.removeLogo(at: second(4))).then()
        }
        let svg = Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8)
        given.when(.setLogo(at: second(1), svg)).refused(.logoUnknownForm)
        given.when(.setLogo(at: second(1), [])).refused(.logoUnknownForm)
        let most = png + [UInt8](repeating: 0, count: PublicBytes.bytesMax - png.count)
        given.when(.setLogo(at: second(1), most + [0]))
            .refused(.logoTooLarge(limit: PublicBytes.bytesMax))
        #expect(Organisation.fold([created]).functions == .all)
    }

    @Test("ROLE-5 a package holds the functions it names, or all there are")
    func functions() {
        let limited = OrganisationEvent.packageSet(
            PackageSet(at: second(1), functions: .only([.rating, .sms])))
        #expect(Organisation.fold([limited]).functions == .only([.sms, .rating]))
        let none = OrganisationEvent.packageSet(PackageSet(at: second(1), functions: .only([])))
        #expect(Organisation.fold([none]).functions.allows(.sms) == false)
        let all = OrganisationEvent.packageSet(PackageSet(at: second(2)))
        #expect(Organisation.fold([none, all]).functions == .all)
    }
}
